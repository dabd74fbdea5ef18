package import Divisions
import Ledger
package import Libraries

/// Whether certain people may take a step together: certified, valid on the day, of the body, for the place and the
/// field, and as many different ones as are asked for (行政处罚法第42、55条).
///
/// What lies outside somebody's certificate is made good by a joint-duty grant of a common superior of his division
/// and the place. What is not known here is never a pass.
package enum OfficerCheck {
    private static let certified = "行政处罚法第42条"
    private static let shown = "行政处罚法第55条"

    /// All that is asked, as one answer.
    ///
    /// - Parameters:
    ///   - certificates: numbers of the certificates of everyone who takes the step.
    ///   - needing: how many different certified people it takes; 0 where no certificate is asked for, and then nobody
    ///     is looked at.
    ///   - post: what they take it as.
    ///   - body: the code of the acting body.
    ///   - division: the division acted for.
    ///   - place: where the matter happened, as far as it decides which certificates cover it.
    ///   - field: the item's field; nil where no item is chosen.
    package static func check(
        certificates: [String], needing: Int, post: Post, body: String, division: DivisionCode, place: DivisionCode,
        field: String?, on day: LegalDate, knowledge: any CaseKnowledge
    ) -> CheckAnswer {
        findings(
            certificates: certificates, needing: needing, post: post, body: body, division: division, place: place,
            field: field, on: day, knowledge: knowledge
        ).answer(met: Bilingual("执法人员资格符合", "the officers may act"), [certified])
    }

    /// What stands against it, one finding for each thing, in the order of the certificates.
    package static func findings(
        certificates: [String], needing: Int, post: Post, body: String, division: DivisionCode, place: DivisionCode,
        field: String?, on day: LegalDate, knowledge: any CaseKnowledge
    ) -> [CheckFinding] {
        guard needing > 0 else { return [] }
        var people: [String] = []
        for certificate in certificates where !people.contains(certificate) { people.append(certificate) }
        var findings: [CheckFinding] = []
        if people.count < needing {
            findings.append(
                .broken(
                    .tooFew, "须有\(words(needing))名持证执法人员，现有\(people.count)名",
                    "\(needing) certified officers are needed, there are \(people.count)", certified))
        }
        for certificate in people {
            guard let officer = knowledge.officer(certificate: certificate) else {
                findings.append(
                    .unknown(
                        "本单位查不到执法证号\(certificate)，须由其所属单位或共同上级确认",
                        "certificate \(certificate) is not known here: its own office or a common superior confirms it",
                        certified))
                continue
            }
            findings += checkCertificate(officer, post, on: day)
            findings += checkReach(officer, body, division, place, field, on: day, knowledge)
        }
        return findings
    }

    private static func words(_ count: Int) -> String { count == 2 ? "两" : ChineseNumeral.text(count) }

    // MARK: The certificate itself

    private static func checkCertificate(_ officer: OfficerFacts, _ post: Post, on day: LegalDate) -> [CheckFinding] {
        let number = officer.certificate
        var findings: [CheckFinding] = []
        if let from = officer.validFrom, day < from {
            findings.append(
                .broken(
                    .validity, "执法证\(number)自\(from.chineseText)起有效", "certificate \(number) is valid from \(from)",
                    certified))
        }
        if let to = officer.validTo, day > to {
            findings.append(
                .broken(
                    .validity, "执法证\(number)已于\(to.chineseText)到期", "certificate \(number) expired on \(to)", certified)
            )
        }
        if let status = officer.status, status.counts(on: day) {
            findings.append(
                .broken(
                    .status(status.citation), "执法证\(number)处于“\(status.status.rawValue)”状态",
                    "certificate \(number) is \(status.status.english)", certified, shown))
        }
        if post != .system, !officer.posts.contains(post) {
            findings.append(
                .broken(
                    .post, "执法证\(number)的持证人不是\(post.name.chinese)",
                    "the holder of certificate \(number) is no \(post.name.english)", article(for: post)))
        }
        return findings
    }

    private static func article(for post: Post) -> String {
        switch post {
        case .reviewer: "行政处罚法第58条"
        case .responsible: "行政处罚法第57条"
        case .chair: "行政处罚法第64条"
        default: certified
        }
    }

    // MARK: For whom, where and in what

    private static func checkReach(
        _ officer: OfficerFacts, _ body: String, _ division: DivisionCode, _ place: DivisionCode, _ field: String?,
        on day: LegalDate, _ knowledge: any CaseKnowledge
    ) -> [CheckFinding] {
        let number = officer.certificate
        let tree = knowledge.tree
        guard tree.level(of: place) != nil, tree.level(of: division) != nil else {
            return [
                .unknown(
                    "区划\(tree.level(of: place) == nil ? place : division)不在现行区划中",
                    "division \(tree.level(of: place) == nil ? place : division) is not in the tree")
            ]
        }
        let isOnDuty = officer.duties.contains { $0.covers(place, of: officer, on: day, tree) }
        var findings: [CheckFinding] = []
        let own = knowledge.body(code: officer.body)
        if !isOnDuty {
            findings += checkBody(officer, own, body)
            let isInArea = officer.areas.contains { tree.isAtOrBelow(place, $0) }
            if !isInArea {
                findings.append(
                    .broken(
                        .area, "执法证\(number)的执法区域不含\(name(of: place, in: tree))，且无共同上级的联合执法授权",
                        "certificate \(number) does not cover \(place), and no common superior has granted joint duty",
                        "行政处罚法第22条"))
            }
        }
        if let field, !field.isEmpty {
            findings += checkField(officer, own, field)
        }
        return findings
    }

    private static func checkBody(_ officer: OfficerFacts, _ own: BodyFacts?, _ body: String) -> [CheckFinding] {
        if officer.body == body { return [] }
        guard let own else {
            return [
                .unknown(
                    "执法证\(officer.certificate)所属主体\(officer.body)的资料不在本单位",
                    "the body \(officer.body) of certificate \(officer.certificate) is not known here")
            ]
        }
        // An entrusted organisation's people act in the name of the organ that entrusts it.
        if own.entrustedBy == body { return [] }
        return [
            .broken(
                .body, "执法证\(officer.certificate)属于\(own.name)，不属于办案主体",
                "certificate \(officer.certificate) belongs to \(officer.body), not to the acting body", "行政处罚法第17条")
        ]
    }

    private static func checkField(_ officer: OfficerFacts, _ own: BodyFacts?, _ field: String) -> [CheckFinding] {
        if officer.fields.contains(field) { return [] }
        let number = officer.certificate
        if officer.fields.isEmpty {
            guard let own else {
                return [
                    .unknown(
                        "执法证\(number)所属主体的执法领域不在本单位", "the fields of certificate \(number)'s body are not known here")
                ]
            }
            if own.fields.isEmpty || own.fields.contains(field) { return [] }
        }
        return [
            .broken(
                .field, "执法证\(number)的执法领域不含“\(field)”", "certificate \(number) does not cover the field \(field)",
                certified)
        ]
    }

    private static func name(of division: DivisionCode, in tree: DivisionTree) -> String {
        tree.division(division)?.name ?? division.text
    }
}

extension CertificateStatus {
    /// Whether it keeps the certificate from being used on the day: from its first day, or, where none is given, from
    /// the day on which it was written.
    package func counts(on day: LegalDate) -> Bool {
        guard status != .valid else { return false }
        let first = since ?? LegalMoment(milliseconds: stamp)?.day
        return first.map { $0 <= day } ?? true
    }
}

extension JointDuty {
    /// Whether it lets an officer act at a place on a day: within its days and divisions, and given by a superior of
    /// both his own division and the place.
    package func covers(
        _ place: DivisionCode, of officer: OfficerFacts, on day: LegalDate, _ tree: DivisionTree
    ) -> Bool {
        from <= day && day <= to && divisions.contains { tree.isAtOrBelow(place, $0) }
            && tree.isAtOrBelow(officer.division, grantedBy) && tree.isAtOrBelow(place, grantedBy)
    }
}

extension OfficerRow.Status {
    /// What keeps a certificate from use most lastingly stands highest: of several words that were written without
    /// knowledge of one another the highest counts, until somebody with authority writes over them.
    package var severity: Int {
        switch self {
        case .valid: 0
        case .expired: 1
        case .suspended: 2
        case .cancelled: 3
        case .revoked: 4
        }
    }

    package var english: String {
        switch self {
        case .valid: "valid"
        case .suspended: "suspended"
        case .revoked: "withdrawn"
        case .cancelled: "cancelled"
        case .expired: "expired"
        }
    }
}
