import Divisions
import Foundation
import Logging
import Testing

@testable import Node

struct RuntimeConfigurationTests {
    private func parse(_ yaml: String) throws(ConfigurationFault) -> NodeConfiguration {
        try NodeConfiguration.parse(yaml, named: "node.yaml", directory: "/etc/tributary")
    }

    private func fault(_ yaml: String) -> ConfigurationFault? {
        do throws(ConfigurationFault) {
            _ = try parse(yaml)
            return nil
        } catch { return error }
    }

    private let least = """
        division: "440781"
        data: county
        topology: /srv/topology.yaml

        """

    @Test
    func `three keys are enough, and relative paths start at the file`() throws {
        let configuration = try parse(least)
        #expect(configuration.division == "440781")
        #expect(configuration.data.path == "/etc/tributary/county")
        #expect(configuration.topologyFile == "/srv/topology.yaml")
        #expect(configuration.identityDirectory == "/etc/tributary/county/identity")
        #expect(configuration.link == nil)
        #expect(configuration.api == nil)
        #expect(configuration.log == NodeConfiguration.Log(level: .info, format: .json))
    }

    @Test
    func `every key is read`() throws {
        let configuration = try parse(
            least + """
                identity: keys
                link: { host: "0.0.0.0", port: 7443 }
                api: { port: 8443, tokens: tokens }
                console: { host: "0.0.0.0", port: 9443, tls: false, idle-minutes: 20 }
                log: { level: debug, format: text }
                limits: { links: 20, inbox-mebibytes: 2 }
                """)
        #expect(configuration.identityDirectory == "/etc/tributary/keys")
        #expect(configuration.link == NodeConfiguration.Link(host: "0.0.0.0", port: 7443))
        #expect(configuration.api?.host == "127.0.0.1")
        #expect(configuration.api?.tokensFile == "/etc/tributary/tokens")
        #expect(
            configuration.console
                == NodeConfiguration.Console(host: "0.0.0.0", port: 9443, usesTLS: false, idleMinutes: 20))
        #expect(configuration.console?.isLoopback == false)
        #expect(configuration.log == NodeConfiguration.Log(level: .debug, format: .text))
        #expect(configuration.limits == NodeConfiguration.Limits(linksMax: 20, inboxBytesMax: 2 << 20))
    }

    @Test
    func `a console speaks TLS on this machine alone unless the file says otherwise`() throws {
        #expect(try parse(least).console == nil)
        let console = try #require(try parse(least + "console: { port: 9443 }\n").console)
        #expect(console.usesTLS && console.isLoopback && console.idleMinutes == 30)
    }

    @Test
    func `a key with a typing error is named with its line and what was meant`() throws {
        let found = try #require(fault(least + "linc: { host: \"::\", port: 7443 }\n"))
        #expect(found.line == 4)
        #expect(found.message.contains("\"linc\""))
        #expect(found.message.contains("did you mean link?"))
        #expect(found.description.hasPrefix("node.yaml, line 4: "))
    }

    @Test(arguments: [
        ("division: \"440781\"\ndata: county\n", 1, "\"topology\" is missing"),
        ("division: 440781\ndata: county\ntopology: t\n", 1, "\"division\" must be text"),
        ("division: \"44 07\"\ndata: county\ntopology: t\n", 1, "\"division\""),
        ("division: \"44\"\ndata:\ntopology: t\n", 2, "\"data\" has no value"),
        ("division: \"44\"\ndata: [a]\ntopology: t\n", 2, "\"data\" must be text"),
        ("division: \"44\"\ndata: d\ntopology: t\nlink:\n  host: localhost\n", 5, "\"link.port\" is missing"),
        ("division: \"44\"\ndata: d\ntopology: t\nlink:\n  host: localhost\n  port: \"7443\"\n", 6, "\"link.port\""),
        ("division: \"44\"\ndata: d\ntopology: t\nlink:\n  host: localhost\n  port: 70000\n", 6, "65535"),
        ("division: \"44\"\ndata: d\ntopology: t\nlog: loud\n", 4, "log must be a mapping"),
        ("division: \"44\"\ndata: d\ntopology: t\nlog: { level: loud }\n", 4, "\"log.level\" is \"loud\""),
        ("division: \"44\"\ndata: d\ntopology: t\nconsole: { tls: true }\n", 4, "\"console.port\" is missing"),
        ("division: \"44\"\ndata: d\ntopology: t\nconsole:\n  port: 1\n  tls: yes\n", 6, "true or false"),
        ("division: \"44\"\ndata: d\ntopology: t\nconsole:\n  port: 1\n  idle-minutes: 0\n", 6, "from 1 to 720"),
        (
            "division: \"44\"\ndata: d\ntopology: t\nconsole: { port: 1, certificate: c.pem }\n", 4,
            "\"console.key\" is missing"
        ),
        ("division: \"44\"\ndata: d\ntopology: t\ndata: e\n", 2, "\"data\" is given twice"),
        ("division: \"44\ndata: d\n", 3, "not YAML"),
        ("", 1, "empty"),
        ("- a\n- b\n", 1, "must be a mapping"),
    ])
    func `what is wrong is named with its line`(yaml: String, line: Int, words: String) throws {
        let found = try #require(fault(yaml))
        #expect(found.line == line, "\(found)")
        #expect(found.message.contains(words), "\(found)")
    }

    @Test
    func `a file that is not there is named`() throws {
        let found = #expect(throws: ConfigurationFault.self) { try NodeConfiguration.load(path: "/nowhere/node.yaml") }
        #expect(found?.description.hasPrefix("/nowhere/node.yaml: ") == true)
    }
}
