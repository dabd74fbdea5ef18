import Divisions
import Simulation
import Testing

/// Trees of offices told by how many there are.
@Suite struct ShapeTests {
    @Test func `the offices of a shape are spread evenly and numbered within the one above`() throws {
        let tree = try #require(Shape("1+2+4+12")).tree
        #expect(tree.divisions.count == 19)
        #expect(tree.seats.count == 19)
        #expect(tree.children(of: "city-2") == ["county-2-1", "county-2-2"])
        #expect(tree.children(of: "county-1-2") == ["town-1-2-1", "town-1-2-2", "town-1-2-3"])
        #expect(tree.division("town-1-2-3")?.name == "市1县2镇3")
        #expect(tree.division("province")?.name == "省")
        #expect(tree.level(of: "town-1-2-3") == .township)
    }

    @Test func `what does not divide evenly differs by one`() throws {
        let tree = try #require(Shape("1+3+7")).tree
        #expect(["city-1", "city-2", "city-3"].map { tree.children(of: $0).count } == [2, 2, 3])
    }

    @Test func `a province of the real size and a village are shapes too`() throws {
        #expect(try #require(Shape("1+21+122+1610")).tree.divisions.count == 1_754)
        #expect(try #require(Shape("1+1+1+1+2")).tree.division("village-1-1-1-2")?.name == "市1县1镇1村2")
    }

    @Test(arguments: [
        "", "2", "1+", "+1", "1+0", "1+-2", "1 + 2", "1+a", "1+1+1+1+1+1", "1+99999999999999999999", "1+200000",
    ])
    func `what is no tree is no shape`(text: String) {
        #expect(Shape(text) == nil)
    }

    @Test func `a shape knows its own tree and no other`() throws {
        let shape = try #require(Shape("1+2+4+12"))
        #expect(Shape(of: shape.tree) == shape)
        #expect(shape.description == "1+2+4+12")
        let fewer = try DivisionTree(
            divisions: shape.tree.divisions, seats: shape.tree.seats.filter { $0.division != "town-1-1-1" })
        #expect(Shape(of: fewer) == nil)
    }
}
