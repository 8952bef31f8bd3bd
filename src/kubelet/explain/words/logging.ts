/** Lines: pkg/kubelet of 1.37.2, and component-base/logs/api/v1 of 0.37.2. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  containerLogMaxSize: {
    // logs/container_log_manager.go: NewContainerLogManager
    does: "How big the log of a container grows before a new file is begun. A negative number is without limit.",
    example: 'containerLogMaxSize=50Mi',
  },
  containerLogMaxFiles: {
    does: 'How many files the log of a container has at most, the current one included. The oldest goes.',
    needs: '2 or more, or the kubelet does not start',
    example: 'containerLogMaxFiles=5',
  },
  containerLogMaxWorkers: { does: 'How many logs are rotated at the same time.', needs: '1 or more', example: 'containerLogMaxWorkers=2' },
  containerLogMonitorInterval: { does: 'How often the sizes of container logs are looked at.', needs: '3s or more', example: 'containerLogMonitorInterval=10s' },
  podLogsDir: {
    does: 'The directory for the logs of containers.',
    needs: 'a path that whatever collects logs knows too',
    example: 'podLogsDir=/var/log/pods',
  },
  logging: { does: "How the kubelet writes its own log: form, and how much." },
  'logging.format': {
    does: "The form of the kubelet's own log.",
    values: [
      ['text', 'lines for people'],
      ['json', 'one JSON document a line'],
    ],
    example: 'logging.format=json',
  },
  'logging.verbosity': {
    does: 'How much the kubelet logs: 0 is the least, errors always come. 4 is for looking into a fault.',
    example: 'logging.verbosity=4',
  },
  'logging.flushFrequency': { does: 'How long log lines may be held back before they are written.', example: 'logging.flushFrequency=5s' },
  'logging.vmodule': { does: 'Another verbosity for single source files.', needs: 'logging.format=text' },
  enableDebuggingHandlers: {
    // server/server.go:364-376
    does: "Decides whether the kubelet's server has what people need for debugging: logs, exec, attach, port-forward, /configz.",
    values: [
      ['true', 'it has'],
      ['false', 'kubectl logs and exec do not work on this node'],
    ],
  },
  enableProfilingHandler: {
    does: "Lets the kubelet's server tell where its time and memory go, at /debug/pprof.",
    needs: 'enableDebuggingHandlers=true, or it has no effect',
    example: 'enableProfilingHandler=false',
  },
  enableDebugFlagsHandler: {
    does: 'Lets the verbosity of the log be changed while the kubelet runs, at /debug/flags/v.',
    needs: 'enableDebuggingHandlers=true, or it has no effect',
    example: 'enableDebugFlagsHandler=false',
  },
  enableContentionProfiling: {
    does: 'Measures also where the kubelet waits for its own locks.',
    needs: 'enableDebuggingHandlers and enableProfilingHandler, or it has no effect',
  },
  enableSystemLogHandler: {
    does: 'Shows /var/log of the node at /logs of the kubelet, to those who may.',
    needs: 'enableDebuggingHandlers=true, or it has no effect',
    example: 'enableSystemLogHandler=false',
  },
  enableSystemLogQuery: {
    does: "Lets logs of the node's services be read through the API server (kubectl get --raw .../proxy/logs/?query=kubelet).",
    needs: 'enableSystemLogHandler=true, or the kubelet does not start',
    example: 'enableSystemLogQuery=true',
  },
  tracing: { does: 'Sends traces of what the kubelet does to a collector of OpenTelemetry.', example: 'tracing.samplingRatePerMillion=10000' },
  'tracing.endpoint': {
    does: 'The collector, over gRPC and without TLS. Unset, localhost:4317.',
    example: 'tracing.endpoint=localhost:4317',
  },
  'tracing.samplingRatePerMillion': {
    does: 'How many of a million traces are sent. Unset, only those that a caller asks for.',
    needs: '0 to 1000000',
    example: 'tracing.samplingRatePerMillion=10000',
  },
  showHiddenMetricsForVersion: { does: 'Shows metrics once more that the version before this one hid.', needs: 'the minor before this kubelet, and no other' },
};
