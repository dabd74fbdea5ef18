import ArgumentParser
import Divisions
import Foundation
import Identity
import Node

/// `tributary pki`: who a node is.
struct PKICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pki", abstract: "节点身份与证书 · Identities: a provincial root, issuers, one-time tokens.",
        subcommands: [Initialise.self, Token.self, Join.self, Show.self])

    struct Initialise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "建立省级根证书与省级节点身份 · Makes the provincial root and the province's own identity."
        )

        @OptionGroup var data: DataOption
        @OptionGroup var topology: TopologyOption

        @Option(help: "单位名称 · What people call the office; by default the name in the topology.")
        var name: String?

        func run() async throws {
            let tree = try topology.tree()
            let name = try name ?? tree.wanted(tree.root, in: topology.topology).name
            let directory = try data.newIdentity()
            _ = try translatingIdentityFaults { () throws(IdentityFault) in
                try Enrolment.initialise(directory: directory, division: tree.root, name: name, now: Date())
            }
            try PKICommand.show(directory)
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "签发一次性入网令牌 · Makes a one-time token with which one office may join.",
            discussion: """
                The token alone goes to standard output. Carry it like a password; it is worthless once used or expired.
                """)

        @OptionGroup var data: DataOption
        @OptionGroup var topology: TopologyOption

        @Option(help: ArgumentHelp("入网单位的区划代码 · The division that may join.", valueName: "code"))
        var division: CodeArgument

        @Flag(help: "可再向下签发 · The joiner may issue for its division and those below: cities and counties only.")
        var mayIssue = false

        @Option(help: "有效小时数 · For how many hours the token is good.")
        var validHours = 72

        func run() async throws {
            let tree = try topology.tree()
            let division = try tree.wanted(division.code, in: topology.topology)
            let hoursMax = IdentityLimits.tokenLifetimeSecondsMax / 3600
            guard (1...hoursMax).contains(validHours) else {
                throw CommandFailure(.usage, "--valid-hours: a token is good for 1 to \(hoursMax) hours")
            }
            let token = try translatingEnrolmentFailures { () throws(EnrolmentFailure) in
                try Enrolment.token(
                    directory: data.identity, division: division.code, mayIssue: mayIssue,
                    validSeconds: validHours * 3600, now: Date(), tree: tree)
            }
            Terminal.output.line(token.text)
            if Terminal.errors.isInteractive {
                let right = mayIssue ? "，可签发 may issue" : ""
                Terminal.errors.line(
                    "\(division.name) \(division.code)\(right)，\(validHours) 小时内一次有效 good once, for \(validHours) hours"
                )
            }
        }
    }

    struct Join: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "凭令牌入网 · Joins with a token and the issuer's directory at hand.")

        @OptionGroup var data: DataOption
        @OptionGroup var topology: TopologyOption

        @Option(help: "一次性令牌 · The token; - reads it from standard input.")
        var token: String

        @Option(help: "签发方的数据目录 · The issuer's data directory, here or on a carried disk.")
        var issuer: String

        @Option(help: "单位名称 · What people call the office; by default the name in the topology.")
        var name: String?

        func run() async throws {
            let tree = try topology.tree()
            let text = token == Files.standard ? try Files.readText(token, bytesMax: 64 << 10) : token
            guard let parsed = EnrolmentToken(text) else {
                throw CommandFailure(.badData, "--token: \(EnrolmentRefusal.tokenMalformed)")
            }
            let name = try name ?? tree.wanted(parsed.division, in: topology.topology).name
            let directory = try data.newIdentity()
            let issuer = DataDirectory(path: issuer).identityDirectory
            _ = try translatingEnrolmentFailures { () throws(EnrolmentFailure) in
                try Enrolment.join(
                    directory: directory, token: text, name: name, issuerDirectory: issuer, now: Date(), tree: tree)
            }
            try PKICommand.show(directory)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "显示节点身份 · Shows who a node is, and until when.")

        @OptionGroup var data: DataOption

        @Flag(help: "输出 JSON · As JSON.")
        var json = false

        func run() async throws {
            let directory = data.identity
            guard json else { return try PKICommand.show(directory) }
            let summary = try translatingIdentityFaults { () throws(IdentityFault) in
                try Enrolment.show(directory: directory, now: Date())
            }
            Terminal.output.line(try JSONOutput.text(summary))
        }
    }

    private static func show(_ directory: String) throws(CommandFailure) {
        let summary = try translatingIdentityFaults { () throws(IdentityFault) in
            try Enrolment.show(directory: directory, now: Date())
        }
        Terminal.output.lines(summary.lines)
    }
}
