import ArgumentParser
import Foundation
import Node

/// The command. Everything it does is done by the libraries; here are only words, files and the screen.
@main
struct Tributary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tributary",
        abstract: "行政执法四级同步平台 · A replicated store for four tiers of administrative enforcement.",
        discussion: """
            退出码 Exit codes: 0 完成 done · 1 失败 failed · 64 用法错误 usage · 65 数据有误 bad input data · \
            66 找不到文件 no such file · 69 节点无应答 node unreachable · 73 无法写出 cannot write · \
            77 无权 not permitted · 78 配置有误 bad configuration
            """,
        version: Release.name,
        subcommands: [
            NodeCommand.self, AccountCommand.self, PKICommand.self, TopologyCommand.self, ImportCommand.self,
            GenerateCommand.self, StatutesCommand.self, ProceduresCommand.self, CaseCommand.self,
            SuperviseCommand.self, PublishCommand.self, ExchangeCommand.self, RecordsCommand.self,
            ConflictsCommand.self, StatusCommand.self, VerifyCommand.self, BackupCommand.self, RestoreCommand.self,
            SimulateCommand.self, DemoCommand.self, BenchCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            failure.report(on: .errors)
            Foundation.exit(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
