import Libraries

/// The nodes at and below a division as this node knows them: as a picture, and as a table beside it.
enum NetworkPages {
    static let section = Section(pages: [
        Page(path: "/network", template: "network") { try await view($0, below: nil) },
        Page(path: "/network/{code}", template: "network") { try await view($0, below: $0.parameter("code")) },
    ])

    /// Rows of the table; the picture shows all.
    private static let rowsPerPage = 40

    private static func view(_ visit: Visit, below: String?) async throws -> JSON {
        let network = try await visit.get("/v1/network", ["below": below])
        let path = network["path"]?.array ?? []
        let isOwn = path.count <= 1
        let children = network["children"]?.array ?? []
        let first = min(max(0, visit.query["after"].flatMap { Int($0) } ?? 0), children.count)
        let rows = children[first...].prefix(rowsPerPage)
        let rest = first + rows.count
        let here = "/network/\(Address.encoded(network["division"]?.text ?? ""))"
        var members: [String: JSON] = [
            "network": network, "path": .array(path.dropLast()), "isOwn": .boolean(isOwn),
            "below": network["below"] ?? .null, "rows": .array(rows.map(row)),
            "picture": picture(network, above: above(network, path, isOwn)),
            "flags": flags(of: network["node"], network["below"]), "agreement": agreement(network["node"]),
            "hasRows": .boolean(!rows.isEmpty),
            "more": rest < children.count ? .text(Address.of(here, ["after": "\(rest)"])) : .null,
            "before": first > 0 ? .text(Address.of(here, ["after": "\(max(0, first - rowsPerPage))"])) : .null,
        ]
        if isOwn {
            members["incidents"] = try await visit.get("/v1/network/incidents", ["limit": "20"])["incidents"] ?? []
            members["uplinks"] = network["uplinks"] ?? []
        }
        return .object(members)
    }

    /// What stands above the node in the middle, with how the link to it is.
    private static func above(_ network: JSON, _ path: [JSON], _ isOwn: Bool) -> [JSON] {
        guard !isOwn, let upper = path.dropLast().last else {
            return (network["uplinks"]?.array ?? []).reversed().map { uplink in
                [
                    "name": uplink["name"] ?? "", "division": uplink["division"] ?? "",
                    "state": uplink["linkState"] ?? "", "isHere": .boolean(false),
                ]
            }
        }
        return [
            [
                "name": upper["name"] ?? "", "division": upper["division"] ?? "",
                "state": network["node"]?["linkState"] ?? "", "isHere": .boolean(true),
            ]
        ]
    }

    // MARK: Table

    private static func row(_ child: JSON) -> JSON {
        guard case .object(var members) = child else { return child }
        members["flags"] = flags(of: child["node"], child["below"])
        members["agreement"] = agreement(child["node"])
        members["isServed"] = .boolean(child["node"]?["hasNode"] != .boolean(true))
        members["hasMore"] = .boolean((child["below"]?["nodes"]?.integer ?? 0) > 1)
        return .object(members)
    }

    /// Whether a node holds what this one holds of it, as a key below `agreement` of the catalogue.
    private static func agreement(_ node: JSON?) -> JSON {
        switch node?["digestAgrees"] {
        case .boolean(true): "same"
        case .boolean(false): "differs"
        default: "unknown"
        }
    }

    /// What somebody has to look at, as keys below `network-flag` of the catalogue, each with how many it concerns.
    private static func flags(of node: JSON?, _ below: JSON?) -> JSON {
        func count(_ name: String) -> Int64 { below?[name]?.integer ?? 0 }
        var counts = [
            ("two-machines", count("twoMachines")), ("forks", count("forks")), ("restored", count("restored")),
            ("disagreeing", count("disagreeing")),
        ]
        let isWriting = node?["phase"]?.text.map { ["writing", "unknown"].contains($0) } ?? true
        counts.append(("not-writing", isWriting ? 0 : 1))
        return .array(counts.filter { $0.1 > 0 }.map { ["flag": .text($0.0), "count": .integer($0.1)] })
    }

    // MARK: Picture

    private static func picture(_ network: JSON, above: [JSON]) -> JSON {
        let children = network["children"]?.array ?? []
        let picture = NetworkPicture(above: above.count, below: children.count)
        let (middle, top) = (picture.centre.middle, picture.centre.y)
        return [
            "left": number(picture.left), "width": number(picture.right - picture.left),
            "height": number(picture.height), "rail": .text(picture.rail),
            "tileWidth": number(picture.tiles.first?.width ?? 0),
            "tileHeight": number(picture.tiles.first?.height ?? 0),
            "centre": placed(picture.centre, network["node"] ?? .null, network["below"]),
            "above": .array(
                zip(above, picture.above).map { node, tile in
                    var members = members(of: tile, node["name"]?.text ?? "")
                    members["state"] = node["state"] ?? ""
                    members["code"] = node["division"] ?? ""
                    members["isHere"] = node["isHere"] ?? false
                    members["wire"] = .text("M\(tile.middle) \(tile.bottom)L\(middle) \(top)")
                    members["signX"] = number((tile.middle + middle) / 2 + 10)
                    members["signY"] = number((tile.bottom + top) / 2 + 5)
                    return .object(members)
                }),
            "tiles": .array(
                zip(children, picture.tiles).map { placed($1, $0["node"] ?? .null, $0["below"]) }),
        ]
    }

    private static func placed(_ tile: NetworkPicture.Tile, _ node: JSON, _ below: JSON?) -> JSON {
        var members = members(of: tile, node["name"]?.text ?? "")
        let nodes = below?["nodes"]?.integer ?? 0
        members["code"] = node["division"] ?? ""
        members["wire"] = .text(NetworkPicture.wire(to: tile))
        // A division without a node is served by one above: it has no link of its own.
        let isServed = node["hasNode"] != .boolean(true)
        members["state"] = isServed ? "served" : node["linkState"] ?? ""
        if nodes > 1 {
            members["heard"] = below?["heard"] ?? 0
            members["nodes"] = .integer(nodes)
        } else if let backlog = node["backlogEntries"]?.integer, backlog > 0 {
            members["backlog"] = .integer(backlog)
        }
        if case .array(let flags) = flags(of: node, below), !flags.isEmpty { members["isFlagged"] = true }
        return .object(members)
    }

    private static func members(of tile: NetworkPicture.Tile, _ name: String) -> [String: JSON] {
        [
            "x": number(tile.x), "y": number(tile.y), "width": number(tile.width), "height": number(tile.height),
            "textX": number(tile.x + 8), "nameY": number(tile.y + 20), "stateY": number(tile.y + 38),
            "countY": number(tile.y + 55), "flagX": number(tile.end - 16),
            "short": .text(NetworkPicture.fitted(name, width: tile.width)),
        ]
    }

    private static func number(_ value: Int) -> JSON { .integer(Int64(value)) }
}
