/** Lines: pkg/kubelet/images of 1.37.2, and validation.go of apis/config. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  imageGCHighThresholdPercent: {
    // image_gc_manager.go: GarbageCollect
    does: 'When the filesystem of the images is this full, the kubelet deletes unused images, down to imageGCLowThresholdPercent.',
    needs: '0 to 100, and more than imageGCLowThresholdPercent, or the kubelet does not start',
    example: 'imageGCHighThresholdPercent=80 imageGCLowThresholdPercent=70',
  },
  imageGCLowThresholdPercent: {
    does: 'How full the filesystem of the images may be when the kubelet stops deleting unused images.',
    needs: '0 to 100, and less than imageGCHighThresholdPercent, or the kubelet does not start',
    example: 'imageGCLowThresholdPercent=70',
  },
  imageMinimumGCAge: {
    does: 'How old an unused image must be before it can be deleted to make room.',
    example: 'imageMinimumGCAge=2m',
  },
  imageMaximumGCAge: {
    // imageRecords are kept in memory (image_gc_manager.go)
    does: 'Images unused for longer are deleted, however much room there is. 0s is off. The count begins anew when the kubelet restarts.',
    needs: 'more than imageMinimumGCAge',
    example: 'imageMaximumGCAge=168h',
  },
  serializeImagePulls: {
    does: 'Decides how images are pulled.',
    values: [
      ['true', 'one after the other: a big one holds up all others'],
      ['false', 'at the same time, as many as maxParallelImagePulls says'],
    ],
    example: 'serializeImagePulls=false maxParallelImagePulls=4',
  },
  maxParallelImagePulls: {
    does: 'How many images are pulled at the same time. Unset, there is no limit.',
    needs: 'more than 1: serializeImagePulls=false',
    example: 'serializeImagePulls=false maxParallelImagePulls=4',
  },
  registryPullQPS: { does: 'How many pulls of images a second may begin. 0 is no limit.', example: 'registryPullQPS=10 registryBurst=20' },
  registryBurst: {
    does: 'How many pulls may begin at once, before registryPullQPS slows them down.',
    needs: 'registryPullQPS above 0, or it has no effect',
    example: 'registryBurst=20',
  },
  imagePullCredentialsVerificationPolicy: {
    does: 'Whether a pod must show that it may pull an image that is on the node already.',
    values: [
      ['NeverVerify', 'any pod may use any image on the node'],
      ['NeverVerifyPreloadedImages', 'only for images that the kubelet did not pull itself nothing is asked'],
      ['NeverVerifyAllowlistedImages', 'of those, only the ones in preloadedImagesVerificationAllowlist'],
      ['AlwaysVerify', 'each pod must, for each image'],
    ],
    example: 'imagePullCredentialsVerificationPolicy=AlwaysVerify',
  },
  preloadedImagesVerificationAllowlist: {
    does: 'Images that any pod may use, if they were on the node before the kubelet pulled any. Names without tag or digest; /* at the end takes all below.',
    needs: 'the value NeverVerifyAllowlistedImages for imagePullCredentialsVerificationPolicy, or the kubelet does not start',
  },
  containerRuntimeEndpoint: {
    does: 'The socket of the container runtime.',
    needs: 'a runtime that answers there, or the kubelet does not start',
    example: 'containerRuntimeEndpoint=unix:///run/containerd/containerd.sock',
  },
  imageServiceEndpoint: { does: 'The socket of the service that pulls images, where it is not that of the runtime.' },
  runtimeRequestTimeout: {
    does: 'How long the kubelet waits for an answer of the runtime. Pulling images, logs, exec and attach have no such limit.',
    example: 'runtimeRequestTimeout=2m',
  },
};
