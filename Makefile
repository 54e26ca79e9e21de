# `make run` hears it, `make test` checks it; each does its own set-up first.
# `make help` lists the rest.

# One set of flags everywhere, so that one build cache serves every target. On
# Linux OpenGL ES builds five times as fast as OpenGL and draws the same pixels.
TAGS  := $(if $(filter Linux,$(shell uname -s)),gles)
FLAGS := $(if $(TAGS),-tags $(TAGS))
GO    := scripts/with-go go

LINT := bin/golangci-lint
# The linter remembers findings by content, with the paths of the tree that it
# found them in: each tree has a memory of its own.
export GOLANGCI_LINT_CACHE := $(CURDIR)/bin/lint-cache

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Set up, build, and play the demo co-op (ARGS="…" goes to ninth)
	bin/ninth --demo $(ARGS)

# CI also fuzzes the parsers of sound and of HLS. What that finds is printed, to be mended and
# committed to the corpus, which every run tests; but luck does not turn a change
# red that has nothing to do with it.
#
# The tests that start Ninth's own programs come last and one by one: they
# listen in real time, and go's memory of results does not know what they build.
.PHONY: test
test: ## Set up, then vet, lint and every test, end to end included
	@scripts/setup.sh test
	$(MAKE) --no-print-directory vet lint cross gobind-check notice-check tools-test
	$(GO) test -race $(FLAGS) -timeout 20m $$($(GO) list $(FLAGS) ./... | grep -vE '/(conform|e2e|trial|internal/coopd)$$')
	$(GO) test -race $(FLAGS) -timeout 20m -count=1 -p 1 ./internal/coopd ./api/conform ./sync/trial ./e2e
	$(if $(CI),-scripts/fuzz.sh 60s ./player ./api/hls)

.PHONY: setup
setup: ## Install what building needs (packages are named first)
	@scripts/setup.sh run

.PHONY: build
build: setup ## Build bin/ninth and bin/coopd
	$(GO) build $(FLAGS) -o bin/ ./cmd/ninth ./cmd/coopd

.PHONY: vet
vet: setup ## Run go vet
	$(GO) vet $(FLAGS) ./...

.PHONY: lint
lint: setup $(LINT) ## Run golangci-lint: style, mistakes, and the layers of the tree
	scripts/with-go $(LINT) run $(if $(TAGS),--build-tags $(TAGS)) ./...

# The linter is a module of its own, so that its dependencies are not Ninth's.
$(LINT): tools/lint/go.mod tools/lint/go.sum
	cd tools/lint && CGO_ENABLED=0 ../../$(GO) build -trimpath -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: cross
cross: setup ## Check the code for Linux, Windows, macOS, Android and iOS
	scripts/cross.sh

.PHONY: gobind-check
gobind-check: setup ## Check that cmd/mobile can be bound for Android and iOS
	scripts/gobind-check.sh

.PHONY: tools-test
tools-test: setup ## Test the project's own tools
	cd tools && ../$(GO) vet ./... && ../$(GO) test -race ./...

.PHONY: notice
notice: setup ## Write NOTICE from the modules that the programs link
	cd tools && ../$(GO) run ./notice -write

.PHONY: notice-check
notice-check: setup ## Check that NOTICE is up to date
	cd tools && ../$(GO) run ./notice

.PHONY: fmt
fmt: setup $(LINT) ## Format the code
	scripts/with-go $(LINT) fmt ./...

.PHONY: screenshots
screenshots: build ## Take the README's screenshots from the running program
	scripts/screenshots.sh

.PHONY: bench
bench: ## Measure the engine beside its peers, and a large library (ARGS="-only decode,seek -dir out/bench")
	@scripts/setup.sh bench
	$(GO) build $(FLAGS) -o bin/ ./bench
	bin/bench $(ARGS)

# A minute for each parser: what ten million inputs do not break, a file from
# anywhere will hardly break either.
FUZZTIME ?= 60s

.PHONY: fuzz
fuzz: setup ## Fuzz every parser, each for FUZZTIME
	scripts/fuzz.sh $(FUZZTIME)

# The number of kills is that of each of the three: the player, the co-op, and
# the player on a full disk, which needs root. About ten minutes.
KILLS ?= 1000

.PHONY: test-crash
test-crash: setup ## Kill the player, and its co-op, 1,000 times each, and compare
	$(GO) test $(FLAGS) -count=1 -timeout 60m -run 'Killed|DiskFull' -v ./sync/trial -args -kills $(KILLS)

# Half of it is done with a server that has the faults of a reference server.
OPERATIONS ?= 10000

.PHONY: test-network
test-network: setup ## Do 10,000 things on a network that fails in every way, and compare
	$(GO) test $(FLAGS) -count=1 -timeout 60m -run Network -v ./sync/trial -args -operations $(OPERATIONS)

# Half of it is done on a network that loses answers.
CHECKS ?= 5000

.PHONY: test-model
test-model: setup ## Let two devices edit one playlist in 10,000 random ways, and compare
	$(GO) test $(FLAGS) -count=1 -timeout 60m -run 'TwoDevices$$|Merge' -v ./sync -rapid.checks=$(CHECKS)

# With -v, so that whatever cannot run there is named. It spends credits: see
# package conform for the environment, and what its accounts need.
.PHONY: test-server
test-server: setup ## Hold the server that NINTH_CONFORM_ADDR names to the contract, and sync with it
	@test -n "$$NINTH_CONFORM_ADDR" || { echo "make test-server: set NINTH_CONFORM_ADDR, _CLIENT_ID and _LISTENER, and _CLIENT_SECRET, _REDIRECT, _POOR and _ARTIST where the server has them"; exit 2; }
	$(GO) test $(FLAGS) -count=1 -timeout 60m -p 1 -v ./api/conform ./sync/trial

# A virtual hour, several minutes of a slow machine with the race detector. SEED
# makes another hour.
SEED ?= 1

.PHONY: test-hour
test-hour: setup ## Do everything to the player at random for an hour of a fake clock, with the race detector
	NINTH_HOUR=$(SEED) $(GO) test $(FLAGS) -race -count=1 -timeout 30m -run TestAnHourOfRandomCommands -v ./player

.PHONY: test-damage
test-damage: ## Play 2,000 damaged copies of a file of each format, 40 of them beside ffmpeg
	@scripts/setup.sh test
	$(GO) test $(FLAGS) -count=1 -timeout 60m -run TestDamagedFiles -v ./player/codec/formats -args -variants 2000 -compared 40

.PHONY: test-music
test-music: ## Decode several hundred files of Debian's game music beside ffmpeg
	@scripts/setup.sh bench
	scripts/test-music.sh

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin out
