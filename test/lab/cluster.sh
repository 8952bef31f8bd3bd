# Clusters by kubeadm, without kube-proxy and DNS: static pods, mirror pods, joins and upgrades work without.
# shellcheck shell=bash disable=SC2154 # settings come from lab

minor() { local minor=${K8S#v1.}; printf '%s\n' "${minor%%.*}"; }

lab_init() {
  local node=${1:?NAME} dir
  known "$node"
  dir=$(node_dir "$node")
  kubeadm_config "$(cat "$dir/ip")" > "$dir/root/root/kubeadm.yaml"
  in_node "$node" kubeadm init --config /root/kubeadm.yaml --skip-phases=preflight,addon --upload-certs > "$dir/kubeadm.log" 2>&1 \
    || { tail -20 "$dir/kubeadm.log" >&2; die "kubeadm init failed on $node: $dir/kubeadm.log"; }
  echo "$node" > "$LAB/first"
}

kubeadm_config() {
  local api=v1beta4
  [ "$(minor)" -ge 31 ] || api=v1beta3
  cat <<YAML
apiVersion: kubeadm.k8s.io/$api
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $1}
nodeRegistration: {imagePullPolicy: Never}
---
apiVersion: kubeadm.k8s.io/$api
kind: ClusterConfiguration
kubernetesVersion: $K8S
controlPlaneEndpoint: $1:6443
networking: {podSubnet: 10.244.0.0/16}
$(apiserver_arguments $api)
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
YAML
  [ "$(minor)" -lt 31 ] || echo 'failCgroupV1: false' # 1.31 and later know the field, 1.35 and later need it
}

# KCFG_LAB_APISERVER, as this version of kubeadm's configuration has it.
apiserver_arguments() {
  local flag
  for flag in ${KCFG_LAB_APISERVER:-}; do
    if [ "$1" = v1beta3 ]; then printf 'apiServer: {extraArgs: {%s: "%s"}}\n' "${flag%%=*}" "${flag#*=}"
    else printf 'apiServer: {extraArgs: [{name: %s, value: "%s"}]}\n' "${flag%%=*}" "${flag#*=}"; fi
  done
}

lab_join() {
  local node=${1:?NAME} role=${2:-worker} first dir command
  known "$node"
  first=$(cat "$LAB/first" 2> /dev/null) || die "no cluster to join yet: lab control-plane NAME"
  dir=$(node_dir "$node")
  read -ra command <<< "$(in_node "$first" kubeadm token create --print-join-command 2> /dev/null)"
  [ ${#command[@]} -gt 0 ] || die "$first gives no token: is its API server up?"
  # A node of this name that was taken away is still registered.
  in_node "$first" kubectl --kubeconfig /etc/kubernetes/admin.conf delete node "$node" --ignore-not-found > "$dir/kubeadm.log" 2>&1
  if [ "$role" = control-plane ]; then
    command+=(--control-plane --certificate-key "$(in_node "$first" kubeadm init phase upload-certs --upload-certs 2> /dev/null | tail -1)")
  fi
  in_node "$node" "${command[@]}" --skip-phases=preflight > "$dir/kubeadm.log" 2>&1 \
    || { tail -20 "$dir/kubeadm.log" >&2; die "kubeadm join failed on $node: $dir/kubeadm.log"; }
}

lab_control_plane() {
  lab_up "$@"
  if [ -f "$LAB/first" ]; then lab_join "$1" control-plane; else lab_init "$1"; fi
}

lab_worker() {
  [ -f "$LAB/first" ] || die "no cluster to join yet: lab control-plane NAME"
  lab_up "$@"
  lab_join "$1"
}
