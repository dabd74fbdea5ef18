import Divisions
import HTTPTypes
import Hummingbird
import Ledger
import Libraries
import Replication
import Store

/// The tree of nodes as this one knows it.
extension API {
    func readNetwork(_ call: APICall) async throws -> Response {
        var query = call.query
        let division = try query.text("below").map { (text) throws(Problem) in try networkDivision(text) } ?? core.seat
        let limit = try query.count("limit", default: NetworkLimits.children, max: NetworkLimits.childrenMax)
        let cursor = query.text("cursor")
        try query.finish()
        let children = core.tree.children(of: division)
        var first = 0
        if let cursor {
            guard let place = children.firstIndex(where: { $0.text == cursor }) else {
                throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
            }
            first = place + 1
        }
        let view = await core.network().resolved()
        let page = children[first...].prefix(limit)
        let messages = NetworkWriter(view: view, phase: core.phase)
        let answer = NetworkMessage(
            clock: Int64(clamping: view.now.wall), division: division.text, path: path(to: division),
            node: messages.node(division), below: messages.rollup(of: division),
            uplinks: view.uplinks.map(messages.above), heldBack: try await heldBack(view),
            children: page.map { child in
                NetworkChildMessage(
                    node: messages.node(child), below: messages.rollup(of: child),
                    children: core.tree.children(of: child).count)
            }, next: first + page.count < children.count ? page.last?.text : nil)
        return try Self.json(answer)
    }

    /// Looks at nothing but this node's own links, since every page asks.
    func readUplink(_ call: APICall) async throws -> Response {
        let query = call.query
        try query.finish()
        let view = await core.network()
        let uplinks = view.uplinks
        guard let nearest = uplinks.first else { return try Self.json(UplinkMessage(state: UplinkMessage.root)) }
        // Whichever is heard carries what this node has; where none is, what is told of is the nearest that was.
        let told = uplinks.first { $0.state.isHeard } ?? uplinks.first { $0.state == .down } ?? nearest
        return try Self.json(
            UplinkMessage(
                state: told.state.rawValue, since: told.since.map(view.wall), division: told.division.text,
                name: core.tree.division(told.division)?.name))
    }

    private func networkDivision(_ text: String) throws(Problem) -> DivisionCode {
        guard let division = DivisionCode(text), core.tree.isAtOrBelow(division, core.seat) else {
            throw Problem(
                .badValue,
                "a node knows of itself and of what lies below it: name one of those divisions, or ask above",
                at: "query:below")
        }
        return division
    }

    /// From this node's division down, both ends included.
    private func path(to division: DivisionCode) -> [NetworkStepMessage] {
        let above = core.tree.ancestors(of: division).filter { core.tree.isAtOrBelow($0, core.seat) }
        return (above.reversed() + [division]).map {
            NetworkStepMessage(division: $0.text, name: core.tree.division($0)?.name ?? $0.text)
        }
    }

    private func heldBack(_ view: NetworkView) async throws(Problem) -> HeldBackMessage? {
        guard !view.uplinks.isEmpty, let from = view.heldFrom else { return nil }
        let seats = Set(core.tree.subtree(of: core.seat))
        do throws(StoreFailure) {
            let held = try await core.read { (reader) throws(StoreFailure) in
                try reader.heldBack(after: from, seats: seats, limit: NodeLimits.heldBackMax)
            }
            return HeldBackMessage(
                entries: held.entries, isAll: held.isAll,
                parts: held.parts.map {
                    HeldBackMessage.Part(flow: $0.flow.name, kind: $0.kind, entries: $0.entries)
                })
        } catch {
            throw Problem(error)
        }
    }

    // MARK: Incidents

    func listIncidents(_ call: APICall) async throws -> Response {
        var query = call.query
        let limit = try query.count("limit", default: NetworkLimits.incidents, max: NetworkLimits.incidentsMax)
        try query.finish()
        var incidents = core.incidents
        let known = Set(incidents.filter { $0.kind == .fork }.compactMap(\.stream))
        do throws(StoreFailure) {
            let heads = try await core.read { (reader) throws(StoreFailure) in try reader.forkedHeads() }
            for head in heads where !known.contains(head.stream) {
                incidents.append(
                    NetworkIncident(
                        .fork, of: head.seat, stream: head.stream, detail: "after entry \(head.forkedAfter ?? 0)"))
            }
        } catch {
            throw Problem(error)
        }
        incidents += await told(besides: incidents)
        incidents.sort { ($0.last ?? 0) > ($1.last ?? 0) }
        return try Self.json(NetworkIncidentList(incidents: incidents.prefix(limit).map(message)))
    }

    /// What nodes below say of themselves that is one.
    private func told(besides known: [NetworkIncident]) async -> [NetworkIncident] {
        let view = await core.network().resolved()
        var told: [NetworkIncident] = []
        for seat in core.tree.seats.map(\.division) where seat != core.seat {
            guard let report = view.node(seat)?.report else { continue }
            if let restoredAt = report.state?.restoredAt {
                let time = UInt64(clamping: view.wall(restoredAt))
                told.append(NetworkIncident(.restored, of: seat, at: time))
            }
            let isKnown = known.contains { $0.kind == .twoMachines && $0.division == seat }
            if report.hasTwoMachines, !isKnown { told.append(NetworkIncident(.twoMachines, of: seat)) }
        }
        return told
    }

    private func message(_ incident: NetworkIncident) -> NetworkIncidentMessage {
        NetworkIncidentMessage(
            kind: incident.kind.rawValue, words: WordsMessage(incident.kind.words), division: incident.division?.text,
            divisionName: incident.division.flatMap { core.tree.division($0)?.name },
            stream: incident.stream?.description, detail: incident.detail,
            first: incident.first.map { Int64(clamping: $0) }, last: incident.last.map { Int64(clamping: $0) },
            count: incident.count)
    }
}

enum NetworkLimits {
    /// Divisions of one level in an answer: a city has some 150 townships at most.
    static let children = 200
    static let childrenMax = 500
    static let incidents = 100
    static let incidentsMax = 512
}

/// Writes what a view knows as the API tells it.
private struct NetworkWriter {
    let view: NetworkView
    /// Of the node that answers.
    let phase: NodePhase

    func node(_ division: DivisionCode) -> NetworkNodeMessage {
        let serving = view.tree.seatServing(division)?.division ?? view.seat
        return message(division, servedBy: serving, view.node(serving))
    }

    func above(_ node: NetworkView.Node) -> NetworkNodeMessage {
        message(node.division, servedBy: node.division, node)
    }

    func rollup(of division: DivisionCode) -> NetworkRollupMessage {
        let rollup = view.rollup(of: division)
        return NetworkRollupMessage(
            nodes: rollup.nodes, heard: rollup.heard, silent: rollup.nodes - rollup.heard,
            silentSince: rollup.silentSince.map(view.wall), behind: rollup.behind, disagreeing: rollup.disagreeing,
            restored: rollup.restored, twoMachines: rollup.twoMachines, forks: rollup.forks,
            worst: rollup.worst.rawValue)
    }

    private func message(
        _ division: DivisionCode, servedBy serving: DivisionCode, _ node: NetworkView.Node?
    ) -> NetworkNodeMessage {
        let place = view.tree.division(division)
        let report = node?.report
        let upper = report?.link?.upper
        let release = report?.release ?? ""
        return NetworkNodeMessage(
            division: division.text, name: place?.name ?? division.text, level: place?.level.englishName ?? "",
            servedBy: serving.text, hasNode: serving == division,
            linkState: (node?.state ?? .unknown).rawValue, since: node?.since.map(view.wall),
            lastSeen: node?.heardAt.map(view.wall), linked: upper?.text,
            linkedName: upper.flatMap { view.tree.division($0)?.name },
            lagSeconds: (node?.lagMilliseconds ?? 0) / 1_000, backlogEntries: report?.state?.backlog ?? 0,
            downBacklogEntries: report?.link?.backlog ?? 0, release: release.isEmpty ? nil : release,
            phase: phase(of: node), digestAgrees: node?.agrees,
            digestAgreedAt: node?.agreedAt.map { view.wall(Int64(clamping: $0)) },
            twoMachines: report?.hasTwoMachines ?? false, says: report.flatMap(state))
    }

    /// A node whose store refuses has no links: whoever is heard writes.
    private func phase(of node: NetworkView.Node?) -> String {
        guard let node else { return "unknown" }
        guard node.division == view.seat else { return node.state.isHeard ? "writing" : "unknown" }
        return switch phase {
        case .starting: "starting"
        case .writing: "writing"
        case .readOnly: "read-only"
        case .stopped: "stopped"
        }
    }

    private func state(of report: NodeReport) -> NetworkStateMessage? {
        guard let state = report.state else { return nil }
        return NetworkStateMessage(
            saidAt: view.wall(report.saidAt), startedAt: view.wall(state.startedAt),
            clockAheadMilliseconds: state.clockAhead, nonce: hexadecimal(report.nonce), entries: state.entries,
            conflicts: state.figures.conflicts, dirty: state.figures.dirty, missingFiles: state.missingFiles,
            forks: state.forks, alarms: state.alarms, refused: state.refused, faults: state.faults,
            storeFailures: state.figures.storeFailures, restoredAt: state.restoredAt.map(view.wall))
    }
}

extension Endpoint {
    /// The calls that show the network.
    static let network: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/network", operation: "readNetwork",
            summary: "The nodes at and below a division as this node knows them, a level at a time: links, lag, "
                + "releases, whether digests agree; and what the line to the node above holds back.",
            parameters: [
                .query(
                    "below", ["type": "string"], "The code of a division at or below this node's; its own by default."),
                .query(
                    "limit",
                    ["type": "integer", "minimum": 1, "maximum": .integer(Int64(NetworkLimits.childrenMax))],
                    "Divisions a page, \(NetworkLimits.children) by default."),
                .query("cursor", ["type": "string"], "\"next\" of the page before."),
            ],
            answer: .json("NetworkMessage", "The network."),
            handler: .holder { api, call, _ in try await api.readNetwork(call) }),
        Endpoint(
            method: .get, path: "/v1/network/uplink", operation: "readUplink",
            summary: "How the line from this node upward stands, and since when; of a province, that there is none.",
            answer: .json("UplinkMessage", "The line."),
            handler: .holder { api, call, _ in try await api.readUplink(call) }),
        Endpoint(
            method: .get, path: "/v1/network/incidents", operation: "listIncidents",
            summary: "Forks, refused entries, two machines of one node, restored stores and refused neighbours: the "
                + "latest first, those of unknown time last.",
            parameters: [
                .query(
                    "limit",
                    ["type": "integer", "minimum": 1, "maximum": .integer(Int64(NetworkLimits.incidentsMax))],
                    "Incidents, \(NetworkLimits.incidents) by default.")
            ],
            answer: .json("NetworkIncidentList", "The incidents."),
            handler: .holder { api, call, _ in try await api.listIncidents(call) }),
    ]
}
