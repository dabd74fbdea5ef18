import ArgumentParser
import Divisions
import Foundation
import Ledger
import Node

/// `tributary account`: who signs in at a node. Works on the node's directory, whether or not the node runs.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "人员账户 · Accounts of the people who sign in at a node.",
        subcommands: [Add.self, List.self, Password.self, Disable.self, Enable.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "新建账户 · Makes an account; its first password must be changed at the first sign-in.",
            discussion: """
                角色 Roles: officer 执法人员 · reviewer 法制审核人员 · responsible 负责人 · librarian 资料管理员 · \
                operator 运维人员 · supervisor 监督人员. Without --password-stdin a password is drawn, and it alone \
                goes to standard output, once.
                """)

        @OptionGroup var data: DataOption
        @OptionGroup var certificate: CertificateOption

        @Option(help: ArgumentHelp("姓名 · How he is called on the screen.", valueName: "name"))
        var name: String

        @Option(help: ArgumentHelp("角色 · What he is there for.", valueName: "role"))
        var role: RoleArgument

        @Option(help: ArgumentHelp("代表的区划 · The division acted for.", valueName: "code"))
        var division: CodeArgument

        @Option(help: ArgumentHelp("执法主体代码 · The acting body's code.", valueName: "code"))
        var body = ""

        @Option(
            help: ArgumentHelp(
                "记录编号 · The officer's record, or none; by default that of the certificate at the division for those "
                    + "who handle or watch over cases.", valueName: "record|none"))
        var author: OfficerArgument?

        @Option(
            help: ArgumentHelp(
                "客户端证书指纹 · SHA-256 of a TLS client certificate that signs in for him.", valueName: "digits"))
        var fingerprint: [String] = []

        @OptionGroup var password: PasswordOption

        func run() async throws {
            let (password, isDrawn) = try password.read(for: certificate.certificate)
            let record =
                author.map { $0.record(of: division.code) }
                ?? Account.author(certificate.certificate, role.role, of: division.code)
            let account = Account(
                certificate: certificate.certificate, name: name, role: role.role, division: division.code, body: body,
                author: record, password: PasswordHash(password), fingerprints: fingerprint, now: Moments.now)
            let accounts = Accounts(path: try data.made().accountsFile)
            guard try translatingAccessFaults({ () throws(AccessFault) in try accounts.add(account) }) else {
                throw CommandFailure(
                    .cannotWrite,
                    "--certificate: there is an account of this number already; see `tributary account list`")
            }
            PasswordOption.show(password, isDrawn)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "列出账户 · Who has an account; passwords are not kept.")

        @OptionGroup var data: DataOption

        func run() async throws {
            let accounts = Accounts(path: data.directory.accountsFile)
            var table = Table([
                Table.Column("证号 certificate"), Table.Column("姓名 name", isFlexible: true), Table.Column("角色 role"),
                Table.Column("区划 division"), Table.Column("主体 body"), Table.Column("状态 state"),
            ])
            for account in try translatingAccessFaults({ () throws(AccessFault) in try accounts.all() }) {
                let state =
                    account.isDisabled ? "停用 disabled" : account.mustChange ? "初始密码 first password" : "启用 in use"
                table.add([
                    account.certificate, account.name, "\(account.role.chinese) \(account.role.rawValue)",
                    account.division.text, account.body, state,
                ])
            }
            Terminal.output.lines(table.lines(for: .output))
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "重设密码 · Gives an account another first password; a running node ends its sessions.")

        @OptionGroup var data: DataOption
        @OptionGroup var certificate: CertificateOption
        @OptionGroup var password: PasswordOption

        func run() async throws {
            let (password, isDrawn) = try password.read(for: certificate.certificate)
            let (hash, now) = (PasswordHash(password), Moments.now)
            try certificate.change(in: data) { account in
                account.password = hash
                (account.passwordChanged, account.mustChange) = (max(now, account.passwordChanged + 1), true)
            }
            PasswordOption.show(password, isDrawn)
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "停用账户 · Lets nobody sign in with an account any more; a running node ends its sessions.")

        @OptionGroup var data: DataOption
        @OptionGroup var certificate: CertificateOption

        func run() async throws {
            try certificate.change(in: data) { $0.isDisabled = true }
            Terminal.output.line("\(certificate.certificate): 已停用 disabled")
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "启用账户 · Lets an account be used again.")

        @OptionGroup var data: DataOption
        @OptionGroup var certificate: CertificateOption

        func run() async throws {
            try certificate.change(in: data) { $0.isDisabled = false }
            Terminal.output.line("\(certificate.certificate): 已启用 enabled")
        }
    }
}

/// `--certificate NUMBER`
struct CertificateOption: ParsableArguments {
    @Option(help: ArgumentHelp("执法证号 · The certificate number: what he signs in with.", valueName: "number"))
    var certificate: String

    func change(in data: DataOption, _ body: (inout Account) -> Void) throws(CommandFailure) {
        let accounts = Accounts(path: data.directory.accountsFile)
        guard
            try translatingAccessFaults({ () throws(AccessFault) in try accounts.change(certificate, body) }) != nil
        else {
            throw CommandFailure(
                .badData, "--certificate: there is no account of this number; see `tributary account list`")
        }
    }
}

/// `--password-stdin`
struct PasswordOption: ParsableArguments {
    /// A line of a password and its end.
    private static let lineBytesMax = 1_024

    @Flag(help: "从标准输入读取密码 · Reads the password from standard input, up to the end of its line.")
    var passwordStdin = false

    /// The password, and whether it was drawn here.
    func read(for certificate: String) throws(CommandFailure) -> (password: String, isDrawn: Bool) {
        guard passwordStdin else {
            var chance = SystemRandomNumberGenerator()
            return (PasswordRules.draw(using: &chance), true)
        }
        let text = try Files.readText(Files.standard, bytesMax: Self.lineBytesMax)
        let password = String(text.prefix { !$0.isNewline })
        if let fault = PasswordRules.fault(of: password, for: certificate) {
            throw CommandFailure(.badData, "standard input: \(fault)")
        }
        return (password, false)
    }

    /// Prints a password that nobody knows yet.
    static func show(_ password: String, _ isDrawn: Bool) {
        guard isDrawn else { return }
        Terminal.output.line(password)
        if Terminal.errors.isInteractive {
            Terminal.errors.line("初始密码，首次登录须修改（仅显示一次） first password, to be changed (shown this once)")
        }
    }
}

/// The machine's clock as files of a node write it.
private enum Moments {
    /// Milliseconds since 1970.
    static var now: UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }
}

/// Does `body` and says what went wrong in a command's words.
private func translatingAccessFaults<T>(_ body: () throws(AccessFault) -> T) throws(CommandFailure) -> T {
    do { return try body() } catch { throw CommandFailure(.failed, "\(error)") }
}
