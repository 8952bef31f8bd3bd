/** Lines: pkg/kubelet of 1.37.2, and cmd/kubelet/app. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  kubeAPIQPS: {
    does: 'How many requests a second the kubelet makes to the API server. Events and heartbeats count apart.',
    example: 'kubeAPIQPS=50 kubeAPIBurst=100',
  },
  kubeAPIBurst: { does: 'How many requests the kubelet can make at once, before kubeAPIQPS slows it down.', example: 'kubeAPIBurst=100' },
  eventRecordQPS: { does: 'How many events a second the kubelet writes. 0 is no limit.', example: 'eventRecordQPS=50 eventBurst=100' },
  eventBurst: {
    does: 'How many events the kubelet can write at once, before eventRecordQPS slows it down.',
    needs: 'eventRecordQPS above 0, or it has no effect',
    example: 'eventBurst=100',
  },
  nodeStatusUpdateFrequency: {
    does: 'How often the kubelet looks whether the state of the node has changed; a change is told at once.',
    // v1beta1/defaults.go: NodeStatusReportFrequency follows it when it is set
    needs: 'nodeStatusReportFrequency too: unset, it becomes the same',
    example: 'nodeStatusUpdateFrequency=10s nodeStatusReportFrequency=5m',
  },
  nodeStatusReportFrequency: {
    does: 'How often the state of the node is told when nothing in it has changed. The lease of the node shows in between that it lives.',
    example: 'nodeStatusReportFrequency=5m',
  },
  nodeLeaseDurationSeconds: {
    // kubelet.go:236 and 1155-1163
    does: 'How many seconds the lease of the node holds. The kubelet renews it four times in that time.',
    needs: 'more than 0',
    example: 'nodeLeaseDurationSeconds=40',
  },
  nodeStatusMaxImages: {
    does: 'How many images the Node object lists; the scheduler favours nodes that have the image. -1 is all, 0 none.',
    example: 'nodeStatusMaxImages=50',
  },
  contentType: {
    does: 'How the kubelet and the API server write to each other.',
    values: [
      ['application/vnd.kubernetes.protobuf', 'binary, short'],
      ['application/json', 'text'],
    ],
  },
  registerNode: { does: 'Decides whether the kubelet makes its Node object itself.', example: 'registerNode=true' },
  registerWithTaints: {
    // kubelet_node_status.go:90-142
    does: 'Taints that the Node object has from its beginning. A node that is registered keeps its taints: those are changed by kubectl taint.',
    needs: 'registerNode=true',
    example: "registerWithTaints='[{key: db, effect: NoSchedule}]'",
  },
  'registerWithTaints[].effect': {
    does: 'What the taint does to pods that do not tolerate it.',
    values: [
      ['NoSchedule', 'they are not scheduled here'],
      ['PreferNoSchedule', 'they are scheduled here only if nothing else is free'],
      ['NoExecute', 'those that run here go, too'],
    ],
  },
  providerID: {
    does: 'The name of this machine at its cloud, for the Node object. A node that is registered keeps what it has.',
    needs: 'the form that the cloud controller of the cluster uses',
  },
};
