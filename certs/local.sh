#!/bin/sh
# A certificate for a laptop: a CA that lives for this one call, and a serving certificate signed by it.
#   sh certs/local.sh [DIR]       writes DIR/ca.crt, DIR/tls.crt and DIR/tls.key (.certs, which git ignores)
# The names are those of the Secret that cert-manager makes in a cluster, so --tls-dir takes either.
set -eu

target=${1:-.certs}
# A month: long enough to forget about, short enough to be no loss when it leaks.
days=30

if ! command -v openssl >/dev/null 2>&1; then
  echo "certs/local.sh needs the program openssl, and it is not on the PATH: install it, or run npm start without --tls-dir, which makes its own certificate." >&2
  exit 1
fi

# The private key is for this user only.
umask 077
mkdir -p -- "$target"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Extensions in a file, since not every openssl knows -addext and -copy_extensions.
cat >"$work/openssl.cnf" <<'CONFIG'
[req]
distinguished_name = name
prompt = no
[name]
CN = dualstack-webhook-local-ca
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1, DNS:dualstack-webhook.dualstack-system.svc, DNS:dualstack-webhook.dualstack-system.svc.cluster.local, DNS:dualstack-webhook.dualstack-system
CONFIG

# What openssl has to say is of interest only where it fails.
quietly() {
  if ! "$@" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    echo "certs/local.sh: openssl failed as shown above; nothing was written to $target." >&2
    exit 1
  fi
}

quietly openssl ecparam -name prime256v1 -genkey -noout -out "$work/ca.key"
quietly openssl req -x509 -new -sha256 -key "$work/ca.key" -days "$days" \
  -config "$work/openssl.cnf" -extensions ca -out "$work/ca.crt"
quietly openssl ecparam -name prime256v1 -genkey -noout -out "$work/tls.key"
quietly openssl req -new -sha256 -key "$work/tls.key" -subj "/CN=localhost" \
  -config "$work/openssl.cnf" -out "$work/tls.csr"
# A random serial number of 16 hexadecimal digits: two CAs of the same name must not issue the same number.
quietly openssl x509 -req -sha256 -in "$work/tls.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -days "$days" \
  -set_serial "0x$(openssl rand -hex 8)" -extfile "$work/openssl.cnf" -extensions leaf -out "$work/tls.crt"

# The CA's key goes away with $work: nothing else can ever be signed by a CA that you told curl or kubectl to trust.
for file in ca.crt tls.crt tls.key; do
  mv -f -- "$work/$file" "$target/$file"
  printf '%s\n' "$target/$file"
done
