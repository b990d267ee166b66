# make render ENV=prod    prove and write one environment; all without ENV
# make vet                prove, write nothing
# make check              fail when what is written is stale
# make examples           prove and write the examples
# make test               all tests
# make test-kustomize     overlays built by kustomize 5.0.3, 5.4.3, 5.8.1 and kubectl, byte for byte
# make test-kubernetes    the table of gen/valid made again from the modules of Kubernetes: nothing differs
# make test-argocd        the plugin in Argo CD's own servers
# make bench              time and memory, stage by stage
# make fuzz               each fuzz target for FUZZTIME
# make generate           rewrite what is generated: Go types, tables of options, reference, rules, golden files
GO       ?= go
NATSYARD := bin/natsyard
FUZZTIME ?= 20s

.PHONY: render vet check examples build test test-kustomize test-kubernetes test-argocd bench fuzz generate lint
render: build
	@$(NATSYARD) render $(ENV)
vet: build
	@$(NATSYARD) vet $(ENV)
check: build
	@$(NATSYARD) render --check $(ENV)
examples: build
	@$(NATSYARD) -C examples render

build:
	@$(GO) build -o $(NATSYARD) ./cmd/natsyard

test: check
	$(GO) vet ./...
	$(GO) test ./...

KUSTOMIZES := 5.0.3 5.4.3 5.8.1
CLIS       := $(KUSTOMIZES:%=bin/kustomize-%)
bin/kustomize-%:
	GOBIN=$(CURDIR)/bin/tmp-$* $(GO) install sigs.k8s.io/kustomize/kustomize/v5@v$*
	mv bin/tmp-$*/kustomize $@ && rmdir bin/tmp-$*

test-kustomize: $(CLIS)
	NATSYARD_KUSTOMIZE=$(subst $() ,:,$(addprefix $(CURDIR)/,$(CLIS))) $(GO) test -count=1 -run TestPrograms -v ./gen/kustomize ./cmd/natsyard

test-kubernetes:
	$(GO) generate ./gen/valid
	git diff --exit-code gen/valid/kubernetes.txt

test-argocd:
	cd integrations/argocd/proof && $(GO) vet ./... && $(GO) test -count=1 ./...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./gen ./gen/tree ./gen/kustomize ./gen/kube
	$(GO) test -run '^$$' -bench . -benchtime 5x ./cmd/natsyard

fuzz:
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep ^Fuzz); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
	  done; \
	done

generate:
	$(GO) generate ./...
	$(GO) test ./cmd/natsyard ./gen ./gen/conf ./gen/diag ./gen/kube ./gen/kustomize ./gen/language ./gen/rule ./gen/tree -update

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
