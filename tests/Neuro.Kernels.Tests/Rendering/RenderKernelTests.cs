using System.Numerics;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Kernels.Tests.Rendering;

public sealed class RenderKernelTests
{
    private const int Middle = SolidScene.Size / 2;

    [Theory]
    [InlineData(Primitive.Box)]
    [InlineData(Primitive.Cylinder)]
    public void Tile_ArtworkOnTheFront_IsUprightAndNotMirrored(int shape)
    {
        var frame = SolidScene.Render(SolidScene.Solid(shape, 0, 0, -2, 0.4f, 0.4f, 0.4f));

        frame.Colour(Middle - 6, Middle - 6).ShouldBe(((byte)255, (byte)0, (byte)0));
        frame.Colour(Middle + 6, Middle - 6).ShouldBe(((byte)0, (byte)255, (byte)0));
        frame.Colour(Middle - 6, Middle + 6).ShouldBe(((byte)0, (byte)0, (byte)255));
        frame.Colour(Middle + 6, Middle + 6).ShouldBe(((byte)255, (byte)255, (byte)255));
    }

    [Fact]
    public void Tile_BoxFront_HasOneDepthAlongTheAxisAndFacesTheCamera()
    {
        var frame = SolidScene.Render(SolidScene.Solid(Primitive.Box, 0, 0, -2, 0.4f, 0.4f, 0.5f));
        var seen = Enumerable.Range(0, frame.Ids.Length).Where(i => frame.Ids[i] == 1).ToArray();

        // At depth 1.5 the half width 0.4 covers 0.4 / 1.5 of half a picture 0.5 · depth wide: 34 pixels.
        seen.Length.ShouldBe(34 * 34);
        seen.ShouldAllBe(i => Math.Abs(frame.Depth[i] - 1.5f) < 1e-5f);
        frame.Normal(Middle, Middle).ShouldBe(Vector3.UnitZ);
        frame.UnoccludedArea[1].ShouldBe(34 * 34);
    }

    [Fact]
    public void Tile_Cylinder_IsNearestInItsMiddleAndTurnsAwayAtItsSides()
    {
        var frame = SolidScene.Render(SolidScene.Solid(Primitive.Cylinder, 0, 0, -2, 0.5f, 0.3f, 0.5f));

        frame.Depth[(Middle * SolidScene.Size) + Middle].ShouldBe(1.5f, 0.001f);
        frame.Normal(Middle, Middle).Z.ShouldBeGreaterThan(0.999f);
        var left = Enumerable.Range(0, SolidScene.Size).First(x => frame.Ids[(Middle * SolidScene.Size) + x] == 1);
        frame.Normal(left, Middle).X.ShouldBeLessThan(-0.8f);
    }

    [Fact]
    public void Tile_PositiveYaw_TurnsTheFrontToTheRight()
    {
        var frame = SolidScene.Render(SolidScene.Solid(Primitive.Box, 0, 0, -2, 0.4f, 0.4f, 0.4f, yaw: 0.3));

        frame.Normal(Middle, Middle).ShouldSatisfyAllConditions(
            normal => normal.X.ShouldBe((float)Math.Sin(0.3), 1e-5f),
            normal => normal.Z.ShouldBe((float)Math.Cos(0.3), 1e-5f));
    }

    [Fact]
    public void Tile_OneSolidBehindAnother_IsCountedWholeAndSeenInPart()
    {
        var near = SolidScene.Solid(Primitive.Box, -0.2f, 0, -2, 0.2f, 0.4f, 0.1f, id: 1);
        var far = SolidScene.Solid(Primitive.Box, 0, 0, -3, 0.4f, 0.4f, 0.1f, id: 2);
        var both = SolidScene.Render(near, far);
        var alone = SolidScene.Render(SolidScene.Solid(Primitive.Box, 0, 0, -3, 0.4f, 0.4f, 0.1f));

        both.UnoccludedArea[2].ShouldBe(alone.Ids.Count(id => id == 1));
        both.Ids.Count(id => id == 2).ShouldBeInRange(1, both.UnoccludedArea[2] - 1);
        both.UnoccludedArea[1].ShouldBe(both.Ids.Count(id => id == 1));
    }

    [Fact]
    public void Tile_SolidBetweenLampAndWall_ThrowsAShadow()
    {
        var wall = SolidScene.Solid(Primitive.Box, 0, 0, -3, 2, 2, 0.1f);
        wall.Front = wall.Back = -1;
        (wall.SideRed, wall.SideGreen, wall.SideBlue) = (0.5f, 0.5f, 0.5f);
        var block = SolidScene.Solid(Primitive.Box, 0.5f, 0, -2, 0.1f, 0.1f, 0.1f, id: 2);
        // The lamp stands to the right of the block, so its shadow falls on the wall to the left of it: from x = 2 at z = 0 through 0.5 to −0.175.
        var frame = SolidScene.Render(Lighting.Point(new Vector3(2, 0, 0), new Vector3(6), Vector3.Zero, 0, Vector3.Zero), wall, block);
        var shadow = (int)(Middle + (-0.18f / 2.9f / 0.5f * Middle));

        frame.Colour(shadow, Middle).ShouldBe(((byte)0, (byte)0, (byte)0));
        frame.Colour(shadow, Middle - 20).Red.ShouldBeGreaterThan((byte)50);
    }
}
