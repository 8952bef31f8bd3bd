package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// choice says which texts a field takes. No type in the source says so for most fields; these are the switches that
// refuse anything else, read by a person for each minor. That each text still stands in the source is checked here.
type choice struct {
	path   string
	from   string // first minor that it is true of
	module string
	files  []string // where the texts are defined
	values []string
	// The kubelet refuses no others.
	lax bool
}

const (
	kubernetesModule = "k8s.io/kubernetes"
	baseModule       = "k8s.io/component-base"
	configTypes      = "pkg/kubelet/apis/config/types.go"
	kubeletTypes     = "pkg/kubelet/types/*.go"
)

var choices = []choice{
	// switch in kubelet cmd/kubelet/app/auth.go:124@v1.37.2
	{path: "authorization.mode", module: kubernetesModule, files: []string{configTypes}, values: []string{"AlwaysAllow", "Webhook"}},
	// anything but systemd is handled as cgroupfs (pkg/kubelet/cm/cgroup_manager_linux.go, newCgroupCommon, @v1.37.2)
	{path: "cgroupDriver", module: kubernetesModule, files: []string{"pkg/kubelet/cm/cgroup_manager_linux.go", "pkg/kubelet/apis/config/v1beta1/defaults.go"}, values: []string{"cgroupfs", "systemd"}, lax: true},
	// pkg/kubelet/kubelet.go:685@v1.37.2
	{path: "configMapAndSecretChangeDetectionStrategy", module: kubernetesModule, files: []string{configTypes}, values: []string{"Get", "Cache", "Watch"}},
	// pkg/kubelet/cm/cpumanager/cpu_manager.go:188@v1.37.2
	{path: "cpuManagerPolicy", module: kubernetesModule, files: []string{"pkg/kubelet/cm/cpumanager/policy_*.go"}, values: []string{"none", "static"}},
	// pkg/kubelet/apis/config/validation/validation.go:289@v1.37.2, as those below that have no place
	{path: "enforceNodeAllocatable[]", module: kubernetesModule, files: []string{kubeletTypes}, values: []string{"none", "pods", "system-reserved", "kube-reserved"}},
	{path: "enforceNodeAllocatable[]", from: "1.32", module: kubernetesModule, files: []string{kubeletTypes}, values: []string{"none", "pods", "system-reserved", "system-reserved-compressible", "kube-reserved", "kube-reserved-compressible"}},
	{path: "hairpinMode", module: kubernetesModule, files: []string{configTypes}, values: []string{"promiscuous-bridge", "hairpin-veth", "none"}},
	{path: "imagePullCredentialsVerificationPolicy", from: "1.33", module: kubernetesModule, files: []string{configTypes}, values: []string{"NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages", "AlwaysVerify"}},
	// the formats that cmd/kubelet registers: component-base logs/api/v1/registry.go and logs/json/register
	{path: "logging.format", module: baseModule, files: []string{"logs/api/v1/*.go"}, values: []string{"text", "json"}},
	// pkg/kubelet/cm/memorymanager/memory_manager.go:154@v1.37.2: BestEffort is for Windows alone
	{path: "memoryManagerPolicy", module: kubernetesModule, files: []string{"pkg/kubelet/cm/memorymanager/policy_*.go"}, values: []string{"None", "Static"}},
	{path: "memoryReservationPolicy", from: "1.36", module: kubernetesModule, files: []string{configTypes}, values: []string{"None", "TieredReservation"}},
	{path: "memorySwap.swapBehavior", module: kubernetesModule, files: []string{kubeletTypes}, values: []string{"LimitedSwap", "UnlimitedSwap"}},
	{path: "memorySwap.swapBehavior", from: "1.30", module: kubernetesModule, files: []string{kubeletTypes}, values: []string{"NoSwap", "LimitedSwap"}},
	// pkg/util/taints/taints.go, CheckTaintValidation, which takes none at all, too
	{path: "registerWithTaints[].effect", module: "k8s.io/api", files: []string{"core/v1/types.go"}, values: []string{"NoSchedule", "PreferNoSchedule", "NoExecute"}},
	// component-base cli/flag/ciphersuites_flag.go:115@v0.37.2
	{path: "tlsMinVersion", module: baseModule, files: []string{"cli/flag/ciphersuites_flag.go"}, values: []string{"VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"}},
	{path: "topologyManagerPolicy", module: kubernetesModule, files: []string{configTypes}, values: []string{"none", "best-effort", "restricted", "single-numa-node"}},
	{path: "topologyManagerScope", module: kubernetesModule, files: []string{configTypes}, values: []string{"container", "pod"}},
}

func (s *schema) addValues(m modules) {
	last := map[string]choice{}
	for _, c := range choices {
		if c.from == "" || minorOf(c.from) <= minorOf(s.minor) {
			last[c.path] = c
		}
	}
	for path, c := range last {
		f := s.find(strings.TrimSuffix(path, "[]"))
		if f == nil {
			fail("%s: the field %s, whose texts are known, is gone", s.minor, path)
		}
		c.check(s, m)
		t := &f.fieldType
		if strings.HasSuffix(path, "[]") {
			t = t.Element
		}
		if c.lax {
			t.Named = c.values
		} else {
			t.Values = c.values
		}
	}
}

func (c choice) check(s *schema, m modules) {
	version := staging(s.version)
	if c.module == kubernetesModule {
		version = "v" + s.version
	}
	var text strings.Builder
	for _, pattern := range c.files {
		paths, err := filepath.Glob(filepath.Join(m.dir(c.module, version), pattern))
		if err != nil {
			fail("%v", err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				fail("%v", err)
			}
			text.Write(content)
		}
	}
	for _, value := range c.values {
		if !strings.Contains(text.String(), strconv.Quote(value)) {
			fail("%s: %s: %q no longer stands in %s", s.minor, c.path, value, strings.Join(c.files, ", "))
		}
	}
}
