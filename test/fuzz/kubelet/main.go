// What the kubelet makes of the file of a static pod (pkg/kubelet/config/common.go, tryDecodeSinglePod), for the fuzz of
// the manifest rules: a line of base64 in, a line of JSON out.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

type verdict struct {
	Error     string   `json:"error,omitempty"`
	Name      string   `json:"name,omitempty"`
	Namespace string   `json:"namespace,omitempty"`
	Priority  string   `json:"priority,omitempty"`
	Number    *int32   `json:"number,omitempty"`
	Image     string   `json:"image,omitempty"`
	Command   []string `json:"command,omitempty"`
	// Of the first container: host path, its type, and where it is in the container.
	Mounts      [][3]string `json:"mounts,omitempty"`
	HostNetwork bool        `json:"hostNetwork,omitempty"`
	Probes      []probe     `json:"probes,omitempty"`
	// What it asks of the node: thousandths of a CPU, bytes.
	CPU    int64 `json:"cpu,omitempty"`
	Memory int64 `json:"memory,omitempty"`
}

// Of HTTP; port 0: a name that no port of the container has.
type probe struct {
	Scheme string `json:"scheme"`
	Host   string `json:"host"`
	Port   int    `json:"port"`
	Path   string `json:"path"`
}

// probesOf: with ports as prober/prober.go finds them (probe.ResolveContainerPort).
func probesOf(c *api.Container) (out []probe) {
	for _, p := range []*api.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		if p == nil || p.HTTPGet == nil {
			continue
		}
		port := p.HTTPGet.Port.IntValue()
		if p.HTTPGet.Port.Type == intstr.String {
			for _, own := range c.Ports {
				if own.Name == p.HTTPGet.Port.StrVal {
					port = int(own.ContainerPort)
				}
			}
		}
		out = append(out, probe{Scheme: strings.ToLower(string(p.HTTPGet.Scheme)), Host: p.HTTPGet.Host, Port: port, Path: p.HTTPGet.Path})
	}
	return out
}

func judge(data []byte) verdict {
	text, err := utilyaml.ToJSON(data)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	object, err := runtime.Decode(legacyscheme.Codecs.UniversalDecoder(), text)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	pod, ok := object.(*api.Pod)
	if !ok {
		return verdict{Error: "invalid pod"}
	}
	if pod.Name == "" {
		return verdict{Error: "invalid pod: name is needed for the pod"}
	}
	// applyDefaults, as far as it counts for what is asked here
	pod.UID = "0123456789abcdef0123456789abcdef"
	pod.Name += "-node"
	if pod.Namespace == "" {
		pod.Namespace = "default"
	}
	pod.Spec.NodeName = "node"
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	options := podutil.GetValidationOptionsFromPodSpecAndMeta(&pod.Spec, nil, &pod.ObjectMeta, nil)
	if errs := validation.ValidatePodCreate(pod, options); len(errs) > 0 {
		return verdict{Error: errs.ToAggregate().Error()}
	}
	if _, resource, err := podutil.HasAPIObjectReference(pod); err != nil || resource != "" {
		return verdict{Error: "static pods may not reference " + resource}
	}
	first := pod.Spec.Containers[0]
	out := verdict{Name: pod.Name, Namespace: pod.Namespace, Priority: pod.Spec.PriorityClassName, Number: pod.Spec.Priority, Image: first.Image, Command: append(append([]string{}, first.Command...), first.Args...)}
	out.HostNetwork = pod.Spec.HostNetwork
	out.Probes = probesOf(&first)
	cpu, memory := first.Resources.Requests[api.ResourceCPU], first.Resources.Requests[api.ResourceMemory]
	out.CPU, out.Memory = cpu.MilliValue(), memory.Value()
	for _, mount := range first.VolumeMounts {
		for _, volume := range pod.Spec.Volumes {
			if volume.Name == mount.Name && volume.HostPath != nil {
				kind := ""
				if volume.HostPath.Type != nil {
					kind = string(*volume.HostPath.Type)
				}
				out.Mounts = append(out.Mounts, [3]string{volume.HostPath.Path, kind, mount.MountPath})
			}
		}
	}
	return out
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<22)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		data, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			panic(err)
		}
		if err := out.Encode(judge(data)); err != nil {
			panic(err)
		}
	}
}
