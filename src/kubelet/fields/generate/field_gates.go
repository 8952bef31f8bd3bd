package main

import "slices"

// demanded are gates that types.go does not mark, and without which the kubelet refuses the field, or does nothing with
// it: apis/config/validation/validation.go:87-398@v1.37.2 and :71-265@v1.28.15, component-base logs/api/v1/options.go
// (validateTextOptions and its like), pkg/kubelet/cm/qos_container_manager_linux.go:343@v1.30.14,
// pkg/kubelet/userns/userns_manager.go:133@v1.37.2, and the field's own text for the policy options.
var demanded = map[string]string{
	"cpuCFSQuotaPeriod":                      "CustomCPUCFSQuotaPeriod",
	"cpuManagerPolicyOptions":                "CPUManagerPolicyOptions",
	"defaultPodSysctls":                      "DefaultPodSysctls",
	"enableSystemLogQuery":                   "NodeLogQuery",
	"imageMaximumGCAge":                      "ImageMaximumGCAge",
	"imagePullCredentialsVerificationPolicy": "KubeletEnsureSecretPulledImages",
	"logging.options.json.infoBufferSize":    "LoggingAlphaOptions",
	"logging.options.json.splitStream":       "LoggingAlphaOptions",
	"logging.options.text.infoBufferSize":    "LoggingAlphaOptions",
	"logging.options.text.splitStream":       "LoggingAlphaOptions",
	"memoryManagerPolicy":                    "MemoryManager",
	"preloadedImagesVerificationAllowlist":   "KubeletEnsureSecretPulledImages",
	"qosReserved":                            "QOSReserved",
	"serverTLSBootstrap":                     "RotateKubeletServerCertificate",
	"topologyManagerPolicyOptions":           "TopologyManagerPolicyOptions",
	"tracing":                                "KubeletTracing",
	"userNamespaces":                         "UserNamespacesSupport",
}

// setFieldGates leaves a field the gate that can be off in this version. A mark may be misspelt: 1.33 marks
// userNamespaces with UserNamespaceSupport, which is no gate.
func (s *schema) setFieldGates() {
	for _, f := range s.all() {
		marked := f.Gate
		f.Gate = ""
		for _, name := range []string{marked, demanded[f.path]} {
			at := slices.IndexFunc(s.gates, func(g gate) bool { return g.Name == name })
			if f.Gate == "" && at >= 0 && !(s.gates[at].Locked && s.gates[at].Default) {
				f.Gate = name
			}
		}
	}
}
