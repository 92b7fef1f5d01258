using System.Numerics;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Scenes;

/// <summary>The shelf itself: boards, back, uprights, price rails, and the floor before it. None of it carries a label.</summary>
internal static class Furniture
{
    private const double RailHeight = 0.032;
    private const double RailThickness = 0.006;
    private const double Foot = 0.12;

    public static List<Primitive> Build(ShelfLayout layout, Vector3 colour, bool rails, SceneTextures textures, ref CounterRandom random)
    {
        var half = (layout.Length / 2) + 0.01;
        var primitives = new List<Primitive>();
        var back = -layout.Depth;
        var look = random.NextBits();
        var railTexture = rails ? textures.Add(UnknownPrint.Rail(look)) : -1;
        foreach (var board in layout.Boards)
        {
            primitives.Add(Block(-half, half, board - ShelfLayout.Thickness, board, back, 0, colour));
            if (rails && board < layout.Top)
            {
                var rail = Block(-half, half, board - RailHeight, board + 0.002, 0, RailThickness, colour);
                rail.Texture = railTexture;
                (rail.TextureWidth, rail.TextureHeight) = (UnknownPrint.RailWidth, UnknownPrint.RailHeight);
                primitives.Add(rail);
            }
        }

        var (low, high) = (-Foot, layout.Top + 0.05);
        primitives.Add(Block(-half, half, low, high, back - 0.02, back, colour * 0.9f));
        primitives.Add(Block(-half - 0.03, -half, low, high, back - 0.02, -0.005, colour * 0.8f));
        primitives.Add(Block(half, half + 0.03, low, high, back - 0.02, -0.005, colour * 0.8f));
        var tile = (float)random.NextUniform(0.05, 0.5);
        primitives.Add(Block(-6, 6, low - 0.1, low, -4, 8, new Vector3(tile, tile * 0.97f, tile * 0.92f)));
        return primitives;
    }

    private static Primitive Block(double left, double right, double bottom, double top, double back, double front, Vector3 colour) => new()
    {
        Shape = Primitive.Box,
        CentreX = (float)((left + right) / 2),
        CentreY = (float)((bottom + top) / 2),
        CentreZ = (float)((back + front) / 2),
        HalfX = (float)((right - left) / 2),
        HalfY = (float)((top - bottom) / 2),
        HalfZ = (float)((front - back) / 2),
        Cos = 1,
        Texture = -1,
        SideTexture = -1,
        SideRed = colour.X,
        SideGreen = colour.Y,
        SideBlue = colour.Z,
        TopRed = colour.X,
        TopGreen = colour.Y,
        TopBlue = colour.Z,
        RedR = 1,
        GreenG = 1,
        BlueB = 1,
        Gamma = 1,
    };
}
