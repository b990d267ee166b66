# make render ENV=prod    prove and write one environment; all without ENV
# make vet                prove, write nothing
# make check              fail when what is written is stale
# make examples           prove and write the examples
# make test               all tests
# make test-kustomize     overlays built by kustomize 5.0.3, 5.4.3, 5.8.1 and kubectl, byte for byte
# make test-kubernetes    the tables of gen/valid made again from the modules of Kubernetes: nothing differs; and
#                         gen/valid held against Kubernetes' own validation: they say the same
# make image              the container image into dist/: an OCI layout, tarballs for docker load, bills of materials
# make test-image         the image made twice, read and run: the same bytes, and nothing in it that should not be
# make dist               archives for download for all platforms, their checksums, krew's manifest; a quarter of an hour
# make test-dist          the archive for this machine, installed by krew and run by kubectl
# make test-flux          integrations/flux, and what push publishes, by Flux's own code
# make test-options       the table of when an option of nats-server came made again from older versions: nothing differs
# make test-argocd        the plugin in Argo CD's own servers, and what push publishes by its own reader
# make e2e                what is emitted in a real Kubernetes, which the first run builds in a quarter of an hour: e2e-fake and e2e-real
# make e2e-fake           on nodes that run nothing, without root; e2e-fake-older: three minors ago
# make e2e-real           on real nodes with real servers, as root on Debian
# make e2e-broken         e2e-real with one emitted field broken, five times over: each must fail; a quarter of an hour
# make bench              time and memory, stage by stage
# make fuzz               each fuzz target for FUZZTIME
# make generate           rewrite what is generated: Go types, tables of options, reference, rules, golden files
GO       ?= go
NATSYARD := bin/natsyard
FUZZTIME ?= 20s

.PHONY: render vet check examples build test test-kustomize test-kubernetes test-options image test-image dist test-dist test-flux test-argocd e2e e2e-fake e2e-fake-older e2e-real e2e-broken bench fuzz generate lint
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
	git diff --exit-code gen/valid
	$(GO) -C gen/valid/internal/judge test -count=1 .

RELEASE := $(GO) -C release run . -C .. -o ../dist
image:
	@$(RELEASE) image

# The programs that take what is made, of a version that is known.
bin/crane-%:
	GOBIN=$(CURDIR)/bin/tmp-crane $(GO) install github.com/google/go-containerregistry/cmd/crane@v$*
	mv bin/tmp-crane/crane $@ && rmdir bin/tmp-crane

test-image: bin/crane-0.22.1
	CRANE=$(CURDIR)/$< $(GO) -C release test -count=1 -timeout=45m -v ./build ./image . -run 'Test(Image|Read|ParseTarget)'

dist:
	@$(RELEASE) archives

bin/krew-% bin/validate-krew-manifest-%:
	GOBIN=$(CURDIR)/bin/tmp-krew $(GO) install sigs.k8s.io/krew/cmd/krew@v$* sigs.k8s.io/krew/cmd/validate-krew-manifest@v$*
	mv bin/tmp-krew/krew bin/krew-$* && mv bin/tmp-krew/validate-krew-manifest bin/validate-krew-manifest-$* && rmdir bin/tmp-krew

test-dist: bin/krew-0.4.3 bin/validate-krew-manifest-0.4.3
	KREW=$(CURDIR)/bin/krew-0.4.3 VALIDATE_KREW_MANIFEST=$(CURDIR)/bin/validate-krew-manifest-0.4.3 \
	  $(GO) -C release test -count=1 -timeout=45m -v ./archive . -run 'Test(Archives|Krew|Tarball|Zip|WithoutTime|Checksums)'

test-flux:
	$(GO) -C integrations/flux/proof test -count=1 -timeout=45m ./...

test-options:
	$(GO) generate ./gen/options
	git diff --exit-code gen/options

test-argocd:
	$(GO) -C integrations/argocd/proof test -count=1 -v -timeout=45m ./...

E2E := $(GO) -C e2e test -count=1 -v -timeout=70m
e2e:
	@$(MAKE) --no-print-directory -j2 e2e-fake e2e-real

e2e-fake:
	$(E2E) ./fake

e2e-fake-older:
	NATSYARD_E2E_KUBERNETES=older $(E2E) ./fake

e2e-real:
	$(E2E) ./real

BREAKS := probe fsGroup mount route pdb
e2e-broken:
	@mkdir -p bin
	@for b in $(BREAKS); do \
	  log=bin/e2e-broken-$$b.log; \
	  if NATSYARD_E2E_BREAK=$$b $(E2E) -run '^TestProduction$$' ./real >$$log 2>&1; then echo "$$b is broken, and nothing fails"; exit 1; fi; \
	  grep -q 'broken as was meant' $$log || { cat $$log; exit 1; }; \
	  echo "$$b: $$(grep -m1 'e2e: FAILED' $$log): $$(grep -m1 -o 'broken as was meant.*' $$log)"; \
	done

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
	$(GO) test ./cmd/natsyard ./gen ./gen/conf ./gen/diag ./gen/kube ./gen/kustomize ./gen/language ./gen/rule ./gen/tree ./gen/valid -update
	$(GO) test ./gen -run '^TestRulesPage$$' -update # of the examples that were written just now

# Modules of their own, whose dependencies stay out of natsyard.
MODULES := release integrations/flux/proof integrations/argocd/proof gen/valid/internal/judge e2e e2e/images
lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 .github/workflows/*.yaml integrations/github/workflow.yaml
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./... && $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...) || exit 1; done
