import ArgumentParser
import Console
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// `tributary node`: sets a node up and runs it.
struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "节点的配置与运行 · Sets a node up and runs it.",
        subcommands: [Run.self, Initialise.self, Token.self, Tokens.self, Revoke.self])

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "运行节点 · Runs a node until SIGTERM or SIGINT; its log goes to standard error.")

        @Option(
            help: ArgumentHelp("配置文件 · The configuration, such as `tributary node init` writes.", valueName: "file"))
        var config: String

        func run() async throws {
            let configuration = try ConfigurationFile.load(config)
            do {
                try await NodeRunner.run(configuration) { (edge) throws(NodeStartFault) in
                    guard let console = edge.configuration.console else { return [] }
                    return [try ConsoleService(edge, console)]
                }
            } catch let fault as NodeStartFault {
                throw CommandFailure(.badConfiguration, "\(fault)")
            } catch {
                throw CommandFailure(.failed, "the node ended: \(error)")
            }
        }
    }

    struct Initialise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "写出配置文件 · Writes a configuration with comments into the data directory.")

        @OptionGroup var data: DataOption

        @Option(help: ArgumentHelp("本节点的区划代码 · The division at which the node has its seat.", valueName: "code"))
        var division: CodeArgument

        @OptionGroup var topology: TopologyOption

        @Option(
            help: ArgumentHelp("接口端口 · The port of the API; by default 1000 above the node's own.", valueName: "port"))
        var apiPort: Int?

        @Option(help: ArgumentHelp("监听地址 · Where to listen for offices below.", valueName: "host"))
        var linkHost: String?

        @Flag(help: "覆盖已有配置 · Replace a configuration that is there.")
        var replace = false

        func run() async throws {
            let tree = try topology.tree()
            _ = try tree.wanted(division.code, in: topology.topology)
            guard let seat = tree.seat(at: division.code) else {
                let host = tree.seatServing(division.code).map { ", it is served by \($0.division)" } ?? ""
                throw CommandFailure(
                    .usage, "\(topology.topology): division \(division.code) has no node in this topology\(host)")
            }
            let directory = try data.made()
            let path = directory.configurationFile
            guard replace || !Files.exists(path) else {
                throw CommandFailure(.cannotWrite, "\(path): is there already; give --replace to write it anew")
            }
            let template = ConfigurationTemplate(
                division: tree.division(division.code), seat: seat,
                hasChildren: !tree.downlinks(of: division.code).isEmpty,
                topology: Files.path(of: topology.topology, from: directory.path), apiPort: apiPort,
                linkHost: linkHost)
            try Files.write(template.text, to: path)
            _ = try ConfigurationFile.load(path)
            Terminal.output.line(path)
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "签发接口令牌 · Makes an API token; it is printed once and cannot be found out afterwards.",
            discussion: """
                角色 Roles: officer 执法人员 · reviewer 法制审核人员 · responsible 负责人 · librarian 资料管理员 · \
                operator 运维人员 · supervisor 监督人员. A running node takes the token at once. The token alone \
                goes to standard output.
                """)

        @OptionGroup var data: DataOption

        @Option(
            help: ArgumentHelp(
                "执法证号或者记录编号 · The officer's certificate number, or his record; none for the node itself.",
                valueName: "certificate|record|none"))
        var officer: OfficerArgument

        @Option(help: ArgumentHelp("执法主体代码 · The acting body's code.", valueName: "code"))
        var body = ""

        @Option(help: ArgumentHelp("代表的区划 · The division acted for.", valueName: "code"))
        var division: CodeArgument

        @Option(help: ArgumentHelp("角色 · What the holder is there for.", valueName: "role"))
        var role: RoleArgument

        @Option(help: ArgumentHelp("令牌名称 · What to call it; a token of the same name is replaced.", valueName: "name"))
        var label: String?

        func run() async throws {
            let officer = officer.record(of: division.code)
            let label =
                label
                ?? [role.role.rawValue, division.code.text, officer?.key.description ?? ""]
                .filter { !$0.isEmpty }.joined(separator: " ")
            let holder = TokenHolder(
                label: label, role: role.role, author: officer, division: division.code, body: body)
            let tokens = APITokens(path: try data.made().tokensFile)
            do {
                let now = UInt64(max(0, Date().timeIntervalSince1970 * 1000))
                Terminal.output.line(try tokens.create(holder, now: now))
            } catch {
                throw CommandFailure(.failed, "\(error)")
            }
            if Terminal.errors.isInteractive {
                Terminal.errors.line("令牌名称 label: \(label)（仅显示一次 shown this once）")
            }
        }
    }

    struct Tokens: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "列出接口令牌 · For whom API tokens stand; the tokens themselves are not kept.")

        @OptionGroup var data: DataOption

        func run() async throws {
            let holders: [TokenHolder]
            do { holders = try APITokens(path: data.directory.tokensFile).holders() } catch {
                throw CommandFailure(.badData, "\(error)")
            }
            var table = Table([
                Table.Column("名称 label", isFlexible: true), Table.Column("角色 role"), Table.Column("区划 division"),
                Table.Column("主体 body"), Table.Column("人员 officer", isFlexible: true),
            ])
            for holder in holders {
                table.add([
                    holder.label, "\(holder.role.chinese) \(holder.role.rawValue)", holder.division.text, holder.body,
                    holder.author?.description ?? "—",
                ])
            }
            Terminal.output.lines(table.lines(for: .output))
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "吊销接口令牌 · Takes an API token away; a running node refuses it at once.")

        @OptionGroup var data: DataOption

        @Option(help: ArgumentHelp("令牌名称 · The token's label, as `tributary node tokens` lists it.", valueName: "name"))
        var label: String

        func run() async throws {
            let wasThere: Bool
            do { wasThere = try APITokens(path: data.directory.tokensFile).revoke(label: label) } catch {
                throw CommandFailure(.failed, "\(error)")
            }
            guard wasThere else { throw CommandFailure(.badData, "--label: there is no token of this name") }
            Terminal.output.line("\(label): 已吊销 revoked")
        }
    }
}

/// An officer's certificate number or record, or `none`.
enum OfficerArgument: ExpressibleByArgument, Sendable {
    case none
    case certificate(String)
    case record(RecordID)

    init?(argument: String) {
        if argument == "none" {
            self = .none
        } else if let id = RecordID(argument) {
            self = .record(id)
        } else if (6...24).contains(argument.utf8.count),
            argument.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        {
            self = .certificate(argument)
        } else {
            return nil
        }
    }

    /// A certificate's record is that of the division acted for: rosters name an officer at his own office.
    func record(of division: DivisionCode) -> RecordID? {
        switch self {
        case .none: nil
        case .certificate(let number):
            RecordID(
                home: division, flow: LibraryKinds.officer.flow, kind: LibraryKinds.officer.name, naturalKey: number)
        case .record(let id): id
        }
    }
}

struct RoleArgument: ExpressibleByArgument, Sendable {
    let role: Role

    init?(argument: String) {
        guard let role = Role(rawValue: argument) else { return nil }
        self.role = role
    }

    static var allValueStrings: [String] { Role.allCases.map(\.rawValue) }
}

/// A node's configuration as a command reads it.
enum ConfigurationFile {
    static func load(_ path: String) throws(CommandFailure) -> NodeConfiguration {
        do { return try NodeConfiguration.load(path: path) } catch {
            throw CommandFailure(.badConfiguration, "\(error)")
        }
    }
}

extension DataDirectory {
    /// What `tributary node init` writes.
    var configurationFile: String { "\(path)/node.yaml" }
}

/// The configuration that `tributary node init` writes: every key with what it means, in the data directory itself.
struct ConfigurationTemplate {
    /// How far the API's port lies above the node's.
    static let apiPortDistance = 1_000

    let division: Division?
    let seat: Seat
    let hasChildren: Bool
    let topology: String
    let apiPort: Int?
    let linkHost: String?

    var text: String {
        let port = apiPort ?? (seat.port + Self.apiPortDistance <= 65_535 ? seat.port + Self.apiPortDistance : 8_443)
        let isLocal = seat.host.hasPrefix("127.") || seat.host == "localhost"
        let host = linkHost ?? (isLocal ? seat.host : "0.0.0.0")
        let link =
            hasChildren || linkHost != nil
            ? "link: { host: \(quoted(host)), port: \(seat.port) }"
            : "# link: { host: \(quoted(host)), port: \(seat.port) }"
        return """
            # \(seat.name): 节点配置 · the configuration of this node. Relative paths start at this file's directory.

            # 本节点的区划代码 · The division at which the node has its seat. Its certificate must name the same.
            division: \(quoted(seat.division.text))

            # 数据目录 · The directory of its store, its lock and its tokens; nothing else may run on it.
            data: .

            # 机构树 · The tree of offices: who stands above and below, and where they are reached.
            topology: \(quoted(topology))

            # 证书与密钥 · Certificates and keys, made by `tributary pki`.
            identity: identity

            # 下级接入 · Where offices below connect to. A node without any needs no listener.
            \(link)

            # 本机接口 · The API for the commands and the console. It has no TLS: leave it on the machine itself. A key
            # "tokens" names another file of tokens than the one that `tributary node token` writes.
            api: { host: "127.0.0.1", port: \(port) }

            # 日志 · level: trace, debug, info, notice, warning, error or critical. format: json or text.
            log: { level: info, format: json }

            # 上限 · Links accepted at once, and received data that may wait for the core.
            # limits: { links: \(NodeLimits.linksMax), inbox-mebibytes: \(NodeLimits.inboxBytesMax >> 20) }

            """
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
