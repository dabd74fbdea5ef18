// swift-tools-version: 6.2
import PackageDescription

/// One array of settings for every target, so that no target is laxer than another.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func source(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// Tests themselves are not optimised, what they test is: the optimiser of Swift 6.3 ends with a signal on some of their
/// nested asynchronous scopes, and they gain nothing by it.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies, resources: resources,
        swiftSettings: settings + [.unsafeFlags(["-Onone"])])
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let grpcCore = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcTransport = Target.Dependency.product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "tributary",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "tributary", targets: ["tributary"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Who may talk to whom: the tree of offices, as data.
        source("Divisions", [crypto, yams]),
        // What was written, by whom, in an order nobody can change: streams of chained, sealed entries.
        source("Ledger", ["Divisions", crypto]),
        // What it means when edits meet: records that merge.
        source("Lattice", ["Ledger", crypto]),
        // How two neighbours come to hold the same: the protocol core, a value without IO.
        source("Replication", ["Lattice", protobuf]),
        // What the offices keep: kinds of records, and the readers of statutes, rosters and items.
        source("Libraries", ["Lattice"]),
        // What the law asks of a case: procedures as data, gates, deadlines, discretion, supervision.
        source("Casework", ["Libraries", yams]),
        // What leaves an office on paper, as a page or as a message: documents, publicity, exchange.
        source("Papers", ["Casework", mustache]),
        // The one file of a node: SQLite.
        source("Store", ["Replication", grdb]),
        // The link between two nodes: gRPC over mutual TLS.
        source("Transport", ["Divisions", "Identity", grpcCore, grpcTransport, logging]),
        // Who a node is: certificates, issuers, enrolment.
        source("Identity", ["Divisions", "Ledger", certificates, asn1, crypto]),
        // A fake outside world around the same performer: stories, storms, checkers, reports.
        source("Simulation", ["Replication", "Papers", "Store", crypto, yams, sqlite]),
        // The performer of outcomes, and the services around it.
        source(
            "Node",
            [
                "Replication", "Papers", "Store", "Transport", "Identity", hummingbird, lifecycle, logging, metrics,
                grdb, sqlite, yams, crypto, cryptoExtras,
            ]),
        // The pages that people work with, in a browser: a client of the node's API.
        source(
            "Console",
            [
                "Node", "Papers", "Identity", hummingbird, hummingbirdTLS, hummingbirdHTTP2, mustache, yams, crypto,
                logging,
            ],
            resources: [.copy("Site")]),
        // The command: wiring only.
        .executableTarget(
            name: "tributary",
            dependencies: [
                "Console", "Node", "Simulation", "Libraries", "Store", "Identity", "Divisions", arguments, httpClient,
                logging,
                sqlite,
            ],
            swiftSettings: settings),

        // Generators, harnesses and the small deterministic world that tests share.
        .target(
            name: "Support", dependencies: ["Simulation"], path: "Tests/Support",
            swiftSettings: settings),
        tests("Divisions", ["Divisions"]),
        tests("Ledger", ["Ledger", "Support"]),
        tests("Lattice", ["Lattice", "Support"]),
        tests("Replication", ["Replication", "Support"]),
        tests("Libraries", ["Libraries"]),
        tests("Casework", ["Casework"]),
        tests("Papers", ["Papers"]),
        tests("Store", ["Store", "Libraries", "Support", grdb, sqlite]),
        tests("Simulation", ["Simulation", "Support"]),
        tests("Identity", ["Identity"]),
        tests("Transport", ["Transport", "Identity"]),
        tests("Node", ["Node", "Papers", "Support", httpClient, sqlite]),
        tests("Console", ["Console", "Node", "Support", httpClient]),
        // Whole processes on this machine, and what the command shows people.
        tests("tributary", ["tributary", "Node", "Libraries", "Store", "Identity", "Support", sqlite]),
        // What a machine can check of the way the code is written.
        tests("Tidy", []),
    ]
)

// `TRIBUTARY_TARGETS=Ledger,Lattice swift test` builds and tests those targets and what they stand on, and nothing else.
if let chosen = Context.environment["TRIBUTARY_TARGETS"] {
    var wanted = Set<String>()
    func want(_ name: String) {
        guard let target = package.targets.first(where: { $0.name == name }), wanted.insert(name).inserted else {
            return
        }
        for case .byNameItem(let dependency, _) in target.dependencies { want(dependency) }
    }
    for name in chosen.split(separator: ",") {
        want(String(name))
        want("\(name)Tests")
    }
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products.removeAll { !wanted.contains($0.name) }
}
