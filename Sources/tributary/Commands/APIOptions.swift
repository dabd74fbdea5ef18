import ArgumentParser
import Foundation

/// `--api URL --token TOKEN`: which node a command talks to, and as whom.
struct APIOptions: ParsableArguments {
    static let addressVariable = "TRIBUTARY_API"
    static let tokenVariable = "TRIBUTARY_TOKEN"
    static let tokenFileBytesMax = 4_096

    @Option(help: ArgumentHelp("节点接口地址 · The node's API; by default $\(addressVariable).", valueName: "url"))
    var api: String?

    @Option(
        help: ArgumentHelp(
            "接口令牌 · Who calls; by default $\(tokenVariable). Other accounts can see it: better the file.",
            valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("存放令牌的文件 · A file that holds the token alone; - is standard input.", valueName: "file"))
    var tokenFile: String?

    func client() throws(CommandFailure) -> APIClient {
        let environment = ProcessInfo.processInfo.environment
        guard let address = api ?? environment[Self.addressVariable], !address.isEmpty else {
            throw CommandFailure(
                .usage, "which node? give --api http://127.0.0.1:PORT, or set \(Self.addressVariable)")
        }
        guard let url = URL(string: address), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host?.isEmpty == false
        else { throw CommandFailure(.usage, "--api: \(address) is not an address such as http://127.0.0.1:8443") }
        return APIClient(base: address, token: try bearer(environment))
    }

    private func bearer(_ environment: [String: String]) throws(CommandFailure) -> String {
        if let tokenFile {
            guard token == nil else { throw CommandFailure(.usage, "give --token or --token-file, not both") }
            let text = try Files.readText(tokenFile, bytesMax: Self.tokenFileBytesMax)
            return try checked(text.trimmingCharacters(in: .whitespacesAndNewlines), from: tokenFile)
        }
        if let token { return try checked(token, from: "--token") }
        return try checked(environment[Self.tokenVariable] ?? "", from: Self.tokenVariable)
    }

    private func checked(_ token: String, from source: String) throws(CommandFailure) -> String {
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandFailure(
                .usage,
                "\(source): no token; `tributary node token` makes one, give it by --token-file or "
                    + Self.tokenVariable)
        }
        return token
    }
}
