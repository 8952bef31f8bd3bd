/** Lines: pkg/kubelet of 1.37.2. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  staticPodPath: {
    does: 'The directory whose files the kubelet runs as pods without asking the API server: a control plane of kubeadm is made of them.',
    // config/file_linux.go and file.go: names with a leading dot are left out, directories too.
    needs: 'an absolute path of a directory in which each file without a leading dot is the manifest of one pod',
    example: 'staticPodPath=/etc/kubernetes/static',
  },
  fileCheckFrequency: {
    // config/file.go: a ticker besides inotify.
    does: 'How often the kubelet lists the directory of static pods again, besides being told of each change at once.',
    example: 'fileCheckFrequency=20s',
  },
  staticPodURL: {
    does: 'An address from which the kubelet fetches manifests of static pods, besides those in its directory.',
    needs: 'a server that answers with one pod or a list of pods; headers for it go into staticPodURLHeader',
  },
  staticPodURLHeader: {
    does: 'HTTP headers for each request to staticPodURL. They can hold a password, and /configz shows them.',
  },
  httpCheckFrequency: { does: 'How often the kubelet fetches staticPodURL.', example: 'httpCheckFrequency=20s' },
};
