# A balancer in front of the control planes, as people have one: TCP, asks each API server for /readyz, and tries another
# where one takes no connection. On the lab's own address, port 6443.
# shellcheck shell=bash disable=SC2154 # settings come from lab

# In the foreground, until SIGTERM.
lab_balancer() {
  local dir node found=
  install_missing haproxy:haproxy
  [ -e "/run/netns/$MARK" ] || die "no lab is up: lab control-plane NAME"
  for dir in "$LAB"/nodes/*/; do
    [ -f "$dir/root/etc/kubernetes/pki/apiserver.crt" ] || continue
    node=$(basename "$dir")
    found+="  server $node $(cat "$dir/ip"):6443"$'\n'
  done
  [ -n "$found" ] || die "no control plane: lab control-plane NAME"
  cat > "$LAB/haproxy.cfg" <<CFG
defaults
  mode tcp
  timeout connect 1s
  timeout check 2s
  timeout client 1m
  timeout server 1m
  retries 3
  option redispatch 1
frontend clients
  bind $NET.1:6443
  default_backend apiservers
backend apiservers
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
  default-server check check-ssl verify none inter 500ms fall 2 rise 2
$found
CFG
  exec nsenter --net="/run/netns/$MARK" haproxy -db -f "$LAB/haproxy.cfg"
}
