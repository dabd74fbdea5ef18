# One build for everything: what the tests test is what the demo runs and the bench measures.
BUILD = swift build -c release -Xswiftc -enable-testing
BIN = $(shell swift build -c release --show-bin-path)
SOURCES = $(shell git ls-files '*.swift' ':!:*.pb.swift')

.PHONY: demo test test-browser build bench lint format proto clean

demo: prerequisites
	$(BUILD) --product tributary
	$(BIN)/tributary demo $(ARGS)

test: prerequisites
	$(BUILD) --build-tests
	swift test -c release -Xswiftc -enable-testing --skip-build $(ARGS)

# The console in a real browser. ARGS are pytest's: a file, -k WORDS, --screens DIRECTORY.
test-browser: build
	Scripts/browser-prerequisites.sh
	.browser/bin/python -m pytest -c Tests/Browser/pytest.ini --rootdir Tests/Browser --binary $(BIN)/tributary \
	  Tests/Browser $(ARGS)

build: prerequisites
	$(BUILD) --product tributary

bench: build
	$(BIN)/tributary bench $(ARGS)

lint:
	@swift format lint --strict --configuration .swift-format $(SOURCES)

format:
	@swift format --in-place --configuration .swift-format $(SOURCES)

proto:
	Scripts/proto.sh

clean:
	swift package clean

.PHONY: prerequisites
prerequisites:
	@Scripts/prerequisites.sh
