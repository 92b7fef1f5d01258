using System.Globalization;
using System.Numerics;
using System.Text;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;

namespace Neuro.Benchmarks;

/// <summary>The render benchmark's scene: rows of boxes and cylinders on end, turned at random, several deep; and the same scene as the peers read it.</summary>
/// <remarks>As in the peers, pictures and texels are linear, so no powers are evaluated, and there is no noise; texels are bilinear here and nearest there.</remarks>
internal static class RenderScene
{
    public const int TextureCount = 64;
    public const int TextureSize = 64;

    public static Scene Build(int objects, int width, int height)
    {
        const int Deep = 4;
        var random = new CounterRandom(1, 0, 0);
        var columns = (int)Math.Ceiling(Math.Sqrt(objects / (double)Deep * 1.8));
        var primitives = new Primitive[objects];
        var instances = new SceneInstance[objects];
        for (var i = 0; i < objects; i++)
        {
            var (column, row, layer) = (i / Deep % columns, i / Deep / columns, i % Deep);
            var shape = random.NextIndex(3) == 0 ? Primitive.Cylinder : Primitive.Box;
            var half = new Vector3((float)random.NextUniform(0.03, 0.05), (float)random.NextUniform(0.07, 0.12), 0);
            half.Z = shape == Primitive.Box ? (float)random.NextUniform(0.03, 0.05) : half.X;
            var yaw = random.NextUniform(-0.6, 0.6);
            var centre = new Vector3((column - ((columns - 1) * 0.5f)) * 0.14f, (row * 0.3f) + half.Y, -0.14f * layer);
            var texture = random.NextIndex(TextureCount) * TextureSize * TextureSize;
            primitives[i] = new Primitive
            {
                Shape = shape,
                Id = i + 1,
                CentreX = centre.X,
                CentreY = centre.Y,
                CentreZ = centre.Z,
                HalfX = half.X,
                HalfY = half.Y,
                HalfZ = half.Z,
                Cos = (float)PortableMath.Cos(yaw),
                Sin = (float)PortableMath.Sin(yaw),
                Front = texture,
                Back = texture,
                Left = texture,
                Right = texture,
                Top = -1,
                Bottom = -1,
                V0 = 1,
                TextureLevels = 1,
                Key = 8 * i,
                TextureWidth = TextureSize,
                TextureHeight = TextureSize,
                SideRed = 0.5f,
                SideGreen = 0.45f,
                SideBlue = 0.4f,
                TopRed = 0.6f,
                TopGreen = 0.6f,
                TopBlue = 0.6f,
                RedR = 1,
                GreenG = 1,
                BlueB = 1,
                Gamma = 1 / Shading.Decoding,
            };
            instances[i] = new SceneInstance(i + 1, i % TextureCount, $"object-{i}", Placing.Upright(centre, yaw), half * 2, null) { FirstPrimitive = i, PrimitiveCount = 1 };
        }

        var rows = (objects / Deep / columns) + 1;
        var origin = new Vector3(0, rows * 0.15f, 0.2f + (columns * 0.14f * 0.9f));
        return new Scene
        {
            Width = width,
            Height = height,
            Samples = 1,
            Seed = 1,
            Index = 0,
            Camera = new Camera(origin, -Vector3.UnitZ, Vector3.UnitX, Vector3.UnitY, 0.42f),
            Lighting = Lighting.Point(origin + new Vector3(0.8f, 1.2f, 0), new Vector3(9), new Vector3(0.3f), 0.5f, new Vector3(0.02f)),
            Photometrics = new Photometrics(Vector3.One, 1, Shading.Decoding, 0, 90),
            Instances = instances,
            WantsSilhouettes = false,
            Primitives = primitives,
            Nodes = Bvh.Build(primitives, origin),
            Texels = Texels(),
        };
    }

    /// <summary>Writes FILE and FILE.tex in the peers' format.</summary>
    public static void Export(Scene scene, string file)
    {
        var text = new StringBuilder();
        var camera = scene.Camera;
        var right = camera.Right * (camera.TanHalfFov * scene.Width / scene.Height);
        var up = camera.Up * camera.TanHalfFov;
        text.Append(CultureInfo.InvariantCulture, $"{scene.Primitives.Length} {scene.Width} {scene.Height}\n");
        text.AppendJoin(' ', new[] { camera.Origin, camera.Forward, right, up, scene.Lighting.Lamps[0].Middle }
            .Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.X} {v.Y} {v.Z}"))).Append('\n');
        for (var i = 0; i < scene.Primitives.Length; i++)
        {
            var p = scene.Primitives[i];
            text.Append(CultureInfo.InvariantCulture, $"{p.Shape} {p.CentreX} {p.CentreY} {p.CentreZ} {p.HalfX} {p.HalfY} {p.HalfZ} {p.Cos} {p.Sin} {p.Front / TextureSize / TextureSize} {scene.Instances[i].ClassId}\n");
        }

        File.WriteAllText(file, text.ToString());
        var bytes = new byte[scene.Texels.Length * sizeof(uint)];
        Buffer.BlockCopy(scene.Texels, 0, bytes, 0, bytes.Length);
        File.WriteAllBytes(file + ".tex", bytes);
    }

    private static uint[] Texels()
    {
        var texels = new uint[TextureCount * TextureSize * TextureSize];
        for (var texture = 0; texture < TextureCount; texture++)
        {
            var paper = (uint)CounterRandom.Hash(2, (ulong)texture, 0) | 0xFF808080;
            var ink = ((uint)CounterRandom.Hash(2, (ulong)texture, 1) & 0x7F7F7F) | 0xFF000000;
            for (var i = 0; i < TextureSize * TextureSize; i++)
            {
                var (x, y) = (i % TextureSize, i / TextureSize);
                texels[(texture * TextureSize * TextureSize) + i] = (x / 8 * (texture + 3) + (y / 8 * 5)) % 3 == 0 ? ink : paper;
            }
        }

        return texels;
    }
}
