import Libraries
import Testing

struct TextDifferenceTests {
    private static func words(_ difference: TextDifference) -> [String] {
        difference.pieces.map { piece in
            switch piece.kind {
            case .same: piece.text
            case .deleted: "-\(piece.text)"
            case .inserted: "+\(piece.text)"
            }
        }
    }

    @Test func `one character of a Chinese text is taken out and another put in`() {
        let difference = TextDifference(from: "处一千元以下罚款。", to: "处五千元以下罚款。")
        #expect(Self.words(difference) == ["处", "-一", "+五", "千元以下罚款。"])
    }

    @Test func `a number is one word, and never half of it`() {
        let difference = TextDifference(from: "PM10 超过 150 的", to: "PM2 超过 1500 的")
        #expect(Self.words(difference) == ["-PM10", "+PM2", " 超过 ", "-150", "+1500", " 的"])
    }

    @Test func `a single character between two changes is not left standing`() {
        let difference = TextDifference(from: "由甲乙丙办理", to: "由子乙寅办理")
        #expect(Self.words(difference) == ["由", "-甲乙丙", "+子乙寅", "办理"])
    }

    @Test func `what is the same is one piece, and nothing is none`() {
        #expect(Self.words(TextDifference(from: "同一文字", to: "同一文字")) == ["同一文字"])
        #expect(TextDifference(from: "同一文字", to: "同一文字").isEmpty)
        #expect(TextDifference(from: "", to: "").pieces.isEmpty)
        #expect(Self.words(TextDifference(from: "", to: "新增")) == ["+新增"])
        #expect(Self.words(TextDifference(from: "删去", to: "")) == ["-删去"])
    }

    @Test func `letters that look the same and are written otherwise are told apart`() {
        let difference = TextDifference(from: "caf\u{E9}", to: "cafe\u{301}")
        #expect(difference.old.unicodeScalars.elementsEqual("caf\u{E9}".unicodeScalars))
        #expect(difference.new.unicodeScalars.elementsEqual("cafe\u{301}".unicodeScalars))
        #expect(!difference.isEmpty)
    }

    @Test(arguments: UInt64(1)...200)
    func `both texts can be read out of any difference`(seed: UInt64) {
        var chance = SplitMix64(seed: seed)
        let old = Self.text(&chance)
        let new = seed.isMultiple(of: 3) ? Self.text(&chance) : Self.edited(old, &chance)
        let difference = TextDifference(from: old, to: new)
        #expect(difference.old.unicodeScalars.elementsEqual(old.unicodeScalars))
        #expect(difference.new.unicodeScalars.elementsEqual(new.unicodeScalars))
        #expect(difference.isEmpty == old.unicodeScalars.elementsEqual(new.unicodeScalars))
        #expect(difference.pieces.allSatisfy { !$0.text.isEmpty })
        #expect(zip(difference.pieces, difference.pieces.dropFirst()).allSatisfy { $0.kind != $1.kind })
    }

    @Test func `texts with nothing in common are replaced as a whole, however long`() {
        let old = String(repeating: "甲", count: 40_000)
        let new = String(repeating: "乙", count: 40_000)
        #expect(Self.words(TextDifference(from: old, to: new)) == ["-\(old)", "+\(new)"])
    }

    private static let alphabet: [Unicode.Scalar] = Array("当事人违法行为处罚款元以下，。\n 12aZ（）é".unicodeScalars)

    private static func text(_ chance: inout SplitMix64) -> String {
        scalars(
            (0..<Int.random(in: 0...300, using: &chance)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &chance)]
            })
    }

    private static func edited(_ text: String, _ chance: inout SplitMix64) -> String {
        var all = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 0...6, using: &chance) {
            let place = Int.random(in: 0...all.count, using: &chance)
            if Bool.random(using: &chance), place < all.count {
                all.removeSubrange(place..<min(all.count, place + Int.random(in: 1...9, using: &chance)))
            } else {
                all.insert(contentsOf: Self.text(&chance).unicodeScalars.prefix(7), at: place)
            }
        }
        return scalars(all)
    }

    private static func scalars(_ all: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: all)
        return String(text)
    }
}
