package import Divisions

/// Invents bodies, officers, items and cases that look lawful and are plainly no real ones.
///
/// The same tree, seed and counts give the same rows everywhere. Each row is made from its number alone, so a roster
/// of any size is written row by row, and rows refer to each other without any table: officer 7 belongs to body
/// 7 modulo the number of bodies, and a case names officers of the body that handles it. Check digits are right; persons
/// were born before 1900, and phone numbers begin with digits that no line has.
package struct SyntheticRosters: Sendable {
    /// How many rows of each sort there are, so that references point at rows that exist.
    package struct Counts: Hashable, Sendable {
        package var bodies: Int
        package var officers: Int
        package var items: Int

        package init(bodies: Int, officers: Int, items: Int) {
            precondition(bodies > 0 && officers > 0 && items > 0, "rosters need at least one row of each sort")
            (self.bodies, self.officers, self.items) = (bodies, officers, items)
        }
    }

    private let seed: UInt64
    private let counts: Counts
    private let laws: [SyntheticLaw]
    /// Where bodies are: every division in scope down to townships, in the order of their codes.
    private let divisions: [Division]
    private let places: [DivisionCode: Int]

    /// - Parameters:
    ///   - scope: only this division and those below it have bodies; nil for the whole tree.
    ///   - laws: what items cite.
    /// - Returns: nil if the tree has no such division, or no law is given.
    package init?(
        tree: DivisionTree, scope: DivisionCode? = nil, seed: UInt64, counts: Counts,
        laws: [SyntheticLaw] = SyntheticLaw.fixtures
    ) {
        let divisions = tree.subtree(of: scope ?? tree.root).compactMap(tree.division).filter { $0.level <= .township }
        guard !divisions.isEmpty, !laws.isEmpty else { return nil }
        (self.seed, self.counts, self.laws, self.divisions) = (seed, counts, laws, divisions)
        places = Dictionary(uniqueKeysWithValues: divisions.enumerated().map { ($1.code, $0) })
    }

    private enum Purpose: UInt64 {
        case body = 1
        case officer, item, caseFile
    }

    private func chance(_ purpose: Purpose, _ index: Int) -> SplitMix64 {
        SplitMix64(seed: seed, purpose: purpose.rawValue, index: index)
    }

    // MARK: Bodies

    /// The body of that number, from 0. The first round gives every division its general body, each further round a
    /// body of another field.
    package func body(_ index: Int) -> BodyRow {
        let division = divisions[index % divisions.count]
        let round = index / divisions.count
        let field = SyntheticWords.fields[round % SyntheticWords.fields.count]
        let isEntrusted = division.level == .township && round > 0
        var chance = chance(.body, index)
        return BodyRow(
            code: bodyCode(index), name: bodyName(division, field: field, round: round), division: division.code,
            type: isEntrusted ? .entrusted : .statutory, parent: parentIndex(of: index).map(bodyCode),
            // A township's general body is in the first round and so always exists.
            entrustedBy: isEntrusted ? bodyCode(index % divisions.count) : nil,
            creditCode: CreditCode.make(
                registrar: isEntrusted ? "12" : "11", area: area(division.code), serial: padded(index, 8)),
            enforcementFields: [field],
            address: "\(division.name)\(chance.pick(SyntheticWords.streets))\(1 + chance.below(199))号",
            phone: "0000-\(padded(chance.below(100_000_000), 8))", basis: nil,
            validFrom: LegalDate(year: 2020, month: 1, day: 1), validTo: nil)
    }

    private func bodyCode(_ index: Int) -> String {
        "\(divisions[index % divisions.count].code)-\(padded(index / divisions.count + 1, 2))"
    }

    private func bodyName(_ division: Division, field: String, round: Int) -> String {
        let again = round / SyntheticWords.fields.count
        let squad = again > 0 ? "第\(ChineseNumeral.text(min(again, 9_999)))执法大队" : ""
        switch division.level {
        case .province: return "\(division.name)\(field)厅\(squad)"
        case .city, .county: return "\(division.name)\(field)局\(squad)"
        case .township, .village:
            guard round == 0 else { return "\(division.name)\(field)执法中队\(squad)" }
            return division.name + (division.name.hasSuffix("街道") ? "办事处" : "人民政府")
        }
    }

    /// The body of the same field one division higher, if there is one.
    private func parentIndex(of index: Int) -> Int? {
        guard let above = divisions[index % divisions.count].parent.flatMap({ places[$0] }) else { return nil }
        let parent = index / divisions.count * divisions.count + above
        return parent < counts.bodies ? parent : nil
    }

    // MARK: Officers

    package func officer(_ index: Int) -> OfficerRow {
        let body = body(index % counts.bodies)
        var chance = chance(.officer, index)
        let name = person(&chance)
        let validFrom = chance.day(from: SyntheticRosters.day(2022, 1, 1), days: 3 * 365)
        let status: OfficerRow.Status =
            switch chance.below(100) {
            case 0..<96: .valid
            case 96..<98: .suspended
            case 98: .revoked
            default: .cancelled
            }
        return OfficerRow(
            certificateNo: certificateNo(index), name: name, body: body.code, division: body.division,
            areas: [body.division], enforcementFields: body.enforcementFields,
            powerSource: body.type == .entrusted ? .entrusted : .statutory, validFrom: validFrom,
            validTo: validFrom.adding(days: 5 * 365) ?? validFrom, status: status,
            phone: "1000\(padded(chance.below(10_000_000), 7))",
            idNo: residentNumber(area: area(body.division), &chance))
    }

    private func certificateNo(_ index: Int) -> String {
        area(divisions[index % counts.bodies % divisions.count].code) + padded(index, 6)
    }

    // MARK: Items

    package func item(_ index: Int) -> ItemRow {
        var chance = chance(.item, index)
        let kind: ItemRow.ItemKind =
            switch chance.below(100) {
            case 0..<70: .penalty
            case 70..<85: .inspection
            case 85..<95: .coercion
            default: .licence
            }
        let field = chance.below(SyntheticWords.fields.count)
        let bases = (0..<(1 + chance.below(2))).compactMap { _ in basis(&chance) }
        let penalties = kind == .penalty ? penalties(&chance) : []
        let hasHearing =
            penalties.contains(where: \.alwaysHasHearing) || (kind == .penalty && chance.chance(percent: 20))
        return ItemRow(
            code: itemCode(index), name: "对\(breach(index, &chance))的\(kind.rawValue)", kind: kind,
            enforcementField: SyntheticWords.fields[field],
            levels: chance.chance(percent: 60) ? [.county, .township] : [.city, .county], bodyType: .statutory,
            bases: bases.count == 2 && bases[0] == bases[1] ? [bases[0]] : bases, penaltyKinds: penalties,
            benchmark: nil, hasHearing: hasHearing, needsLegalReview: hasHearing, isPublic: true,
            limitationYears: kind == .penalty ? 2 : nil,
            procedure: penalties == [.warning] ? .simple : .ordinary, delegatedTo: [],
            validFrom: SyntheticRosters.day(2024, 1, 1), validTo: nil)
    }

    /// Fourteen digits, as items of supervision have.
    private func itemCode(_ index: Int) -> String { "4499" + padded(index, 10) }

    private func basis(_ chance: inout SplitMix64) -> StatuteReference? {
        let law = chance.pick(laws)
        let article = 1 + chance.below(law.articleCount)
        return StatuteReference(title: law.title, article: "第\(ChineseNumeral.text(article))条")
    }

    private func penalties(_ chance: inout SplitMix64) -> [ItemRow.PenaltyKind] {
        var penalties: [ItemRow.PenaltyKind] = chance.chance(percent: 50) ? [.warning] : []
        if penalties.isEmpty || chance.chance(percent: 80) { penalties.append(.fine) }
        if chance.chance(percent: 30) { penalties.append(.confiscatedGains) }
        if chance.chance(percent: 10) { penalties.append(.stoppedProduction) }
        return penalties
    }

    private func breach(_ index: Int, _ chance: inout SplitMix64) -> String {
        "\(chance.pick(SyntheticWords.breaches))行为（\(index + 1)）"
    }

    // MARK: Cases

    package func caseFile(_ index: Int) -> CaseRow {
        var chance = chance(.caseFile, index)
        let bodyIndex = chance.below(min(counts.bodies, counts.officers))
        let body = body(bodyIndex)
        let (party, partyID) = party(area: area(body.division), &chance)
        let breach = chance.pick(SyntheticWords.breaches)
        let place = "\(chance.pick(SyntheticWords.streets))\(1 + chance.below(199))号"
        let filedOn = chance.day(from: SyntheticRosters.day(2025, 1, 1), days: 365)
        let status = chance.pick(CaseRow.Status.allCases)
        let isFined = [.decided, .executed, .closed].contains(status)
        // Officers of this body stand one round of bodies apart.
        let colleagues = Array(stride(from: bodyIndex, to: counts.officers, by: counts.bodies).prefix(2))
        return CaseRow(
            caseNo: "S\(filedOn.year)-\(padded(index + 1, 7))", title: "涉嫌\(breach)案", party: party,
            partyID: partyID, facts: "\(filedOn.chineseText)，\(party)在\(place)\(breach)，执法人员当场查见。",
            item: itemCode(chance.below(counts.items)), body: body.code, division: body.division, place: place,
            officers: colleagues.map(certificateNo), filedOn: filedOn, status: status,
            fineFen: isFined ? Int64(1 + chance.below(300)) * 10_000 : nil)
    }

    private func party(area: String, _ chance: inout SplitMix64) -> (name: String, number: String?) {
        guard chance.chance(percent: 40) else {
            let name = person(&chance)
            return (name, residentNumber(area: area, &chance))
        }
        let name = "示例" + chance.pick(SyntheticWords.companyWords) + chance.pick(SyntheticWords.trades) + "有限公司"
        return (
            name, CreditCode.make(registrar: "91", area: area, serial: "MA" + padded(chance.below(1_000_000), 6))
        )
    }

    // MARK: Parts of rows

    private func person(_ chance: inout SplitMix64) -> String {
        chance.pick(SyntheticWords.surnames) + chance.pick(SyntheticWords.marks)
            + chance.pick(SyntheticWords.givenNames)
    }

    /// Born between 1880 and 1899: no living person.
    private func residentNumber(area: String, _ chance: inout SplitMix64) -> String? {
        let born = chance.day(from: SyntheticRosters.day(1880, 1, 1), days: 20 * 365)
        return ResidentNumber.make(area: area, born: born, serial: chance.below(1_000))
    }

    /// The six digits of a code, or those of the province for a tree whose codes are words.
    private func area(_ code: DivisionCode) -> String {
        let digits = code.text.prefix(6)
        return digits.utf8.count == 6 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            ? String(digits) : "440000"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> LegalDate {
        guard let date = LegalDate(year: year, month: month, day: day) else {
            preconditionFailure("\(year)-\(month)-\(day) is no day")
        }
        return date
    }
}
