package import Divisions
package import Libraries

/// Whether a body may use an item on a day (法无授权不可为, G26): the item is in force, and it is on the body's list, or
/// of its level, type and field, or handed down or entrusted to it then (行政处罚法第17、18、20、24条).
package enum ItemCheck {
    private static let power = "行政处罚法第17条"
    private static let entrusting = "行政处罚法第20条"
    private static let handing = "行政处罚法第24条"

    /// All that is asked, as one answer.
    ///
    /// - Parameters:
    ///   - item: the code of the item.
    ///   - body: the code of the acting body.
    ///   - division: the division acted for.
    package static func check(
        item: String, body: String, division: DivisionCode, on day: LegalDate, knowledge: any CaseKnowledge
    ) -> CheckAnswer {
        findings(item: item, body: body, division: division, on: day, knowledge: knowledge)
            .answer(met: Bilingual("事项属于本主体职权", "the item is the body's to use"), [power])
    }

    /// What stands against it, one finding for each thing.
    package static func findings(
        item: String, body: String, division: DivisionCode, on day: LegalDate, knowledge: any CaseKnowledge
    ) -> [CheckFinding] {
        guard let facts = knowledge.item(code: item) else {
            return [.unknown("本单位查不到事项\(item)", "the item \(item) is not known here", power)]
        }
        guard let acting = knowledge.body(code: body) else {
            return [.unknown("本单位查不到执法主体\(body)", "the body \(body) is not known here", power)]
        }
        guard let level = knowledge.tree.level(of: acting.division) else {
            return [
                .unknown(
                    "执法主体\(acting.name)所在区划不在现行区划中", "the division of the body \(body) is not in the tree", power)
            ]
        }
        var findings = checkPeriods(facts, acting, division, on: day, knowledge.tree)
        if acting.entrustedBy != nil {
            findings += checkEntrusted(facts, acting, on: day, knowledge)
        } else {
            findings += checkPower(facts, acting, level, on: day)
        }
        return findings
    }

    private static func checkPeriods(
        _ item: ItemFacts, _ body: BodyFacts, _ division: DivisionCode, on day: LegalDate, _ tree: DivisionTree
    ) -> [CheckFinding] {
        var findings: [CheckFinding] = []
        if let from = item.validFrom, day < from {
            findings.append(
                .broken(.validity, "事项自\(from.chineseText)起生效", "the item is in force from \(from)", power))
        }
        if let to = item.validTo, day > to {
            findings.append(
                .broken(.validity, "事项已于\(to.chineseText)失效", "the item was in force until \(to)", power))
        }
        if let from = body.validFrom, day < from {
            findings.append(
                .broken(.body, "执法主体自\(from.chineseText)起生效", "the body enforces from \(from)", power))
        }
        if let to = body.validTo, day > to {
            findings.append(
                .broken(.body, "执法主体已于\(to.chineseText)撤销", "the body enforced until \(to)", power))
        }
        if !tree.isAtOrBelow(division, body.division) {
            findings.append(
                .broken(
                    .body, "执法主体不属于所代表的区划", "the body does not belong to the division acted for", "行政处罚法第22条"))
        }
        return findings
    }

    // MARK: An organ's own power

    private static func checkPower(
        _ item: ItemFacts, _ body: BodyFacts, _ level: Level, on day: LegalDate
    ) -> [CheckFinding] {
        let given = item.delegations.filter { $0.to == body.division && !$0.isEntrusted }
        if given.contains(where: { $0.isInForce(on: day) }) { return [] }
        // Where a power is handed down town by town, that a town's level may have it does not mean that this one has.
        let isHandedDown = level >= .township && item.delegations.contains { !$0.isEntrusted }
        if !given.isEmpty, isHandedDown || !(item.levels.isEmpty || item.levels.contains(level)) {
            return [outside(given, on: day)]
        }
        if !item.bodies.isEmpty {
            if item.bodies.contains(body.code) { return [] }
            return [
                .broken(
                    .list, "该事项不在\(body.name)的权责清单上", "the item is not on the list of powers of \(body.code)", power)
            ]
        }
        var findings: [CheckFinding] = []
        if !item.levels.isEmpty, !item.levels.contains(level) {
            findings.append(
                .broken(
                    .level, "该事项由\(item.levels.map(\.chineseName).joined(separator: "、"))行使，本级未获下放",
                    "the item belongs to \(item.levels.map(\.englishName).joined(separator: ", ")) level", power,
                    handing))
        } else if isHandedDown {
            findings.append(
                .broken(
                    .delegation, "该事项未下放至\(body.name)所在区划", "the item was not handed down to \(body.division)", handing)
            )
        }
        if let type = item.bodyType, type != body.type {
            findings.append(
                .broken(
                    .body, "该事项由\(type)行使，\(body.name)是\(body.type)", "the item belongs to bodies of another type",
                    power,
                    "行政处罚法第19条"))
        }
        if !item.field.isEmpty, !body.fields.isEmpty, !body.fields.contains(item.field) {
            findings.append(
                .broken(
                    .field, "该事项属“\(item.field)”领域，不在\(body.name)的执法领域内",
                    "the item's field \(item.field) is not one of the body's", power))
        }
        return findings
    }

    /// Says why none of some delegations counts on the day.
    private static func outside(_ given: [Delegation], on day: LegalDate) -> CheckFinding {
        let next = given.compactMap(\.from).filter { day < $0 }.min()
        if let last = given.compactMap(\.until).filter({ $0 < day }).max(), next == nil {
            return .broken(
                .delegation, "该事项的下放已于\(last.chineseText)终止", "the item was handed down until \(last)", handing)
        }
        guard let next else {
            return .broken(.delegation, "该事项当日未下放", "the item was not handed down that day", handing)
        }
        return .broken(
            .delegation, "该事项自\(next.chineseText)起下放", "the item is handed down from \(next)", handing)
    }

    // MARK: An entrusted organisation

    /// It acts in the name of the organ that entrusts it, within what that organ may do, and passes nothing on
    /// (行政处罚法第20条). A record of the item's entrustment, where there is one, has to be in force; without any, the
    /// organisation's own record is the written entrustment.
    private static func checkEntrusted(
        _ item: ItemFacts, _ body: BodyFacts, on day: LegalDate, _ knowledge: any CaseKnowledge
    ) -> [CheckFinding] {
        guard let code = body.entrustedBy, let organ = knowledge.body(code: code),
            let level = knowledge.tree.level(of: organ.division)
        else {
            return [
                .unknown(
                    "\(body.name)的委托机关资料不在本单位", "the organ that entrusts \(body.code) is not known here", entrusting)
            ]
        }
        guard organ.entrustedBy == nil else {
            return [
                .broken(
                    .entrustment, "受委托组织不得再委托：\(organ.name)本身是受委托组织",
                    "\(organ.code) is entrusted itself and may not entrust others", entrusting)
            ]
        }
        var findings: [CheckFinding] = []
        let given = item.delegations.filter { $0.isEntrusted && $0.to == body.division }
        if !given.isEmpty, !given.contains(where: { $0.isInForce(on: day) }) {
            findings.append(
                .broken(.entrustment, "该事项当日不在委托期限内", "the item was not entrusted that day", entrusting))
        }
        if !body.fields.isEmpty, !item.field.isEmpty, !body.fields.contains(item.field) {
            findings.append(
                .broken(
                    .field, "委托范围不含“\(item.field)”", "the entrustment does not cover the field \(item.field)",
                    entrusting))
        }
        return findings + checkPower(item, organ, level, on: day)
    }
}

extension Delegation {
    /// Both days count.
    package func isInForce(on day: LegalDate) -> Bool {
        (from.map { $0 <= day } ?? true) && (until.map { day <= $0 } ?? true)
    }
}
