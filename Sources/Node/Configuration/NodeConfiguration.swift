package import Divisions
package import Logging

/// What one node is told when it starts: who it is, where its files lie, and on which addresses it is reached.
///
/// In a file it is YAML, in which only `division`, `data` and `topology` are required:
///
///     division: "440781"
///     data: data/county            # the node's directory
///     topology: topology.yaml
///     identity: data/county/identity
///     witness: data/county.witness # of document numbers; in no backup, best on another disk
///     link: { host: "0.0.0.0", port: 7443 }
///     api: { host: "127.0.0.1", port: 8443, tokens: data/county/api-tokens.json }
///     console: { host: "0.0.0.0", port: 9443, tls: true, idle-minutes: 30 }
///     log: { level: info, format: json }
///     limits: { links: 512, inbox-mebibytes: 4 }
///
/// Relative paths start at the directory that holds the file.
package struct NodeConfiguration: Sendable, Equatable {
    /// Where the node listens for its children; a port of 0 lets the system choose.
    package struct Link: Sendable, Equatable {
        /// An address of this machine, `0.0.0.0` or `::` for all, or `localhost`.
        package var host: String
        package var port: Int

        package init(host: String, port: Int) { (self.host, self.port) = (host, port) }
    }

    /// Where commands and the console reach the node; a port of 0 lets the system choose. Without TLS, therefore on the
    /// machine itself unless somebody decides otherwise.
    package struct API: Sendable, Equatable {
        package static let hostDefault = "127.0.0.1"

        package var host: String
        package var port: Int
        /// The path of the file that names bearer tokens and for whom each stands.
        package var tokensFile: String

        package init(host: String = hostDefault, port: Int, tokensFile: String) {
            (self.host, self.port, self.tokensFile) = (host, port, tokensFile)
        }

        package var isLoopback: Bool { NodeConfiguration.isLoopback(host) }
    }

    /// Where people reach the node's pages with a browser; a port of 0 lets the system choose.
    package struct Console: Sendable, Equatable {
        package static let hostDefault = "127.0.0.1"
        package static let idleMinutesDefault = 30

        package var host: String
        package var port: Int
        /// Whether it speaks HTTPS, with the node's own certificate; without, passwords cross the line in the clear.
        package var usesTLS: Bool
        /// A session in which nothing is asked for so long ends.
        package var idleMinutes: Int
        /// A certificate chain and its key in PEM that browsers already trust, such as those of the office's own
        /// network; both or neither. Without them it is the node's own certificate, which names `localhost` only.
        package var certificateFile: String?
        package var keyFile: String?

        package init(
            host: String = hostDefault, port: Int, usesTLS: Bool = true, idleMinutes: Int = idleMinutesDefault
        ) {
            (self.host, self.port, self.usesTLS, self.idleMinutes) = (host, port, usesTLS, idleMinutes)
        }

        package var isLoopback: Bool { NodeConfiguration.isLoopback(host) }
    }

    package struct Log: Sendable, Equatable {
        package enum Format: String, Sendable, CaseIterable {
            /// One JSON object a line, for machines.
            case json
            /// One line of text, for people.
            case text
        }

        package var level: Logger.Level
        package var format: Format

        package init(level: Logger.Level = .info, format: Format = .json) {
            (self.level, self.format) = (level, format)
        }
    }

    package struct Limits: Sendable, Equatable {
        /// Links that are accepted at once.
        package var linksMax: Int
        /// Received bytes that wait for the core; readers of links wait beyond that.
        package var inboxBytesMax: Int

        package init(linksMax: Int = NodeLimits.linksMax, inboxBytesMax: Int = NodeLimits.inboxBytesMax) {
            (self.linksMax, self.inboxBytesMax) = (linksMax, inboxBytesMax)
        }
    }

    /// The division at which this node has its seat.
    package var division: DivisionCode
    package var data: DataDirectory
    /// The path of the topology file.
    package var topologyFile: String
    /// The path of the directory that `tributary pki` made.
    package var identityDirectory: String
    /// The path of the witness of document numbers: outside the data directory and everything that is backed up.
    package var witnessFile: String
    /// `nil` for a node without children of its own: it needs no listener.
    package var link: Link?
    /// `nil` where nothing is served.
    package var api: API?
    /// `nil` for a node without pages.
    package var console: Console?
    package var log: Log
    package var limits: Limits

    /// - Parameters:
    ///   - identityDirectory: by default in the data directory.
    ///   - witnessFile: by default beside it.
    package init(
        division: DivisionCode, data: DataDirectory, topologyFile: String, identityDirectory: String? = nil,
        witnessFile: String? = nil, link: Link? = nil, api: API? = nil, console: Console? = nil, log: Log = Log(),
        limits: Limits = Limits()
    ) {
        (self.division, self.data, self.topologyFile) = (division, data, topologyFile)
        self.identityDirectory = identityDirectory ?? data.identityDirectory
        self.witnessFile = witnessFile ?? data.witnessFile
        (self.link, self.api, self.console) = (link, api, console)
        (self.log, self.limits) = (log, limits)
    }

    /// Whether an address is reached from this machine alone.
    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
