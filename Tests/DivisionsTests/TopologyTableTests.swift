import Divisions
import Testing

private let file = "table.csv"

private let good = """
    code,name,level,parent,kind
    440000,广东省,province,,省
    440700,江门市,city,440000,地级市
    440781,台山市,county,440700,县级市
    440781001,台城街道,township,440781,街道
    440781450,工业园区,township,440781,类乡级单位

    """

private func fault(_ text: String, seats: SeatPlan = SeatPlan()) -> TopologyFault? {
    do {
        _ = try Topology.fromCSV(text, named: file, seats: seats)
        return nil
    } catch {
        return error
    }
}

@Test func `a table becomes a tree with a node in every division, without what is no division`() throws {
    let tree = try Topology.fromCSV(good, named: file)
    #expect(tree.divisions.map(\.code) == ["440000", "440700", "440781", "440781001"])
    #expect(tree.division("440781") == Division(code: "440781", name: "台山市", level: .county, parent: "440700"))
    #expect(
        tree.seat(at: "440781")
            == Seat(division: "440781", name: "台山市", host: "node-440781.example", port: 7443))
    #expect(tree.seats.count == 4)
}

@Test func `which kinds are left out is the caller's choice`() throws {
    #expect(try Topology.fromCSV(good, named: file, leavingOut: []).divisions.count == 5)
    #expect(try Topology.fromCSV(good, named: file, leavingOut: ["街道"]).division("440781001") == nil)
}

@Test func `nodes stand at the levels of the plan, on ports that count up when they share a host`() throws {
    let plan = SeatPlan(levels: [.province, .county], host: "127.0.0.1", firstPort: 7500)
    let tree = try Topology.fromCSV(good, named: file, seats: plan)
    #expect(tree.seats.map(\.division) == ["440000", "440781"])
    #expect(tree.seats.map(\.port) == [7500, 7501])
    #expect(tree.seats.map(\.host) == ["127.0.0.1", "127.0.0.1"])
    #expect(tree.hosted(by: "440000") == ["440700"])
}

@Test func `columns may stand in any order, be quoted, and end as Windows ends lines`() throws {
    let text =
        "\u{FEFF}kind,parent,remark,\"name\",code,level\r\n"
        + "省,,\"a, \"\"b\"\"\",\"广东省\",440000,province\r\n"
        + "地级市,440000,,江门市,440700,city\r\n"
    let tree = try Topology.fromCSV(text, named: file)
    #expect(tree.divisions.map(\.name) == ["广东省", "江门市"])
}

@Test(arguments: [
    ("440700,江门市,city,440000,地级市", "440700,江门市,city,440001,地级市", 3, 17, "division 440700 names parent 440001"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,city,440781,地级市", 3, 17, "division 440700 is below 440781"),
    ("440700,江门市,city,440000,地级市", "440000,江门市,city,440000,地级市", 3, 1, "division 440000 is already on line 2"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,county,440000,地级市", 4, 12, "division 440781 is a county below"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,town,440000,地级市", 3, 12, "level \"town\" is not one of"),
    ("440700,江门市,city,440000,地级市", "44 700,江门市,city,440000,地级市", 3, 1, "code \"44 700\" is not a code"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,city,广东省,地级市", 3, 17, "parent \"广东省\" is not a code"),
    ("440700,江门市,city,440000,地级市", "440700,,city,440000,地级市", 3, 8, "division 440700 needs a name"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,city,,地级市", 3, 1, "divisions 440000 and 440700 both have no parent"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,city,440000", 3, 1, "the row has 4 fields where the first line names 5"),
    ("440700,江门市,city,440000,地级市", "440700,江门市,city,440000,地级市,", 3, 1, "the row has 6 fields"),
    ("440700,江门市,city,440000,地级市", "440700,\"江门市,city,440000,地级市", 3, 8, "the quote that opens this field"),
    ("440700,江门市,city,440000,地级市", "440700,\"江门\"市,city,440000,地级市", 3, 8, "text after the closing quote"),
    ("440700,江门市,city,440000,地级市", "440700,江\"门市,city,440000,地级市", 3, 8, "a quote inside a field"),
    (
        "code,name,level,parent,kind", "code,name,level,parent,type", 1, 1,
        "the first line must name the column \"kind\""
    ),
    ("code,name,level,parent,kind", "code,name,level,code,kind", 1, 1, "the first line must name the column \"code\""),
])
func `a bad row is refused with its line`(row: String, bad: String, line: Int, column: Int, message: String) throws {
    #expect(fault(good) == nil)
    let found = try #require(fault(good.replacing(row, with: bad)))
    #expect(found.line == line)
    #expect(found.column == column)
    #expect(found.message.hasPrefix(message), "\(found.message)")
}

@Test func `an empty table and one without rows are refused`() throws {
    #expect(try #require(fault("")).message.hasPrefix("the table is empty"))
    #expect(try #require(fault("code,name,level,parent,kind\n")).message.hasPrefix("there is no division"))
}

@Test func `a plan without a node at the top, with a bad host or with too few ports is refused`() throws {
    let hosted = try #require(fault(good, seats: SeatPlan(levels: [.city])))
    #expect(hosted.line == 2 && hosted.message.contains("has no node"))
    let host = try #require(fault(good, seats: SeatPlan(host: "")))
    #expect(host.line == 2 && host.message.contains("needs a host name"))
    let port = try #require(fault(good, seats: SeatPlan(host: "127.0.0.1", firstPort: 65_534)))
    #expect(port.line == 4 && port.message.hasPrefix("port 65536"))
    #expect(try #require(fault(good, seats: SeatPlan(host: "127.0.0.1", firstPort: .max))).line == 2)
}
