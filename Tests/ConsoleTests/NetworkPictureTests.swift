import Testing

@testable import Console

@Suite struct NetworkPictureTests {
    @Test(arguments: [0, 1, 3])
    func `nothing in the picture lies over anything else, however many nodes there are`(above: Int) {
        for below in 0...220 {
            let picture = NetworkPicture(above: above, below: below)
            let all = picture.above + [picture.centre] + picture.tiles
            #expect(picture.above.count == above && picture.tiles.count == below)
            for (place, tile) in all.enumerated() {
                #expect(!all[..<place].contains { $0.overlaps(tile) }, "\(above) above, \(below) below")
                #expect(tile.x >= 0 && tile.end <= NetworkPicture.width)
                #expect(tile.y >= 0 && tile.bottom <= picture.height)
                #expect(tile.x > picture.left && tile.end < picture.right)
            }
        }
    }

    @Test func `a picture of few nodes is narrow enough for a small window`() {
        let picture = NetworkPicture(above: 1, below: 1)
        #expect(picture.right - picture.left <= 320)
    }

    @Test func `what does not fit a tile is cut and says so`() {
        #expect(NetworkPicture.fitted("示例镇", width: 104) == "示例镇")
        #expect(NetworkPicture.fitted("示例市示例区示例街道", width: 104) == "示例市示例…")
        #expect(NetworkPicture.fitted("", width: 104).isEmpty)
    }
}
