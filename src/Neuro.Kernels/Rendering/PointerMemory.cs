using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Neuro.Kernels.Rendering;

/// <summary>A scene and a frame in the process's own memory, pinned for the length of one picture.</summary>
[SkipLocalsInit]
internal unsafe struct PointerMemory<T, TMask> : IMemory<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    public BvhNode* Nodes;
    public WideNode* WideNodes;

    /// <summary>Room for a walk as deep as the wide tree.</summary>
    public BeamLevel* Levels;

    public Primitive* Primitives;
    public Speck* Specks;
    public uint* Texture;
    public byte* Rgb;
    public float* Depth, Normals;
    public int* Ids;
    public float* PlaneValues;
    public int PlaneSize;

    // Maps of the frame, null where it does not ask for them.
    public byte* Parts, Albedo, Shadow;
    public float* Irradiance, Uv;

    [MethodImpl(Inlining.Small)]
    public readonly ref BvhNode Node(int index) => ref Nodes[index];

    [MethodImpl(Inlining.Small)]
    public readonly void Nearest(in Ray<T> ray, TMask active, T from, int nodeCount, out T distance, out TMask primitive)
    {
        if (T.Columns == 1)
        {
            Traversal<T, TMask, PointerMemory<T, TMask>>.Nearest(in this, in ray, active, from, nodeCount, out distance, out primitive);
        }
        else
        {
            BeamTraversal<T, TMask>.Nearest(in this, in ray, active, from, out distance, out primitive);
        }
    }

    [MethodImpl(Inlining.Small)]
    public readonly TMask Occluded(in Ray<T> ray, TMask active, int nodeCount) =>
        T.Columns == 1
            ? Traversal<T, TMask, PointerMemory<T, TMask>>.Occluded(in this, in ray, active, nodeCount)
            : BeamTraversal<T, TMask>.Occluded(in this, in ray, active);

    [MethodImpl(Inlining.Small)]
    public readonly ref Primitive Primitive(int index) => ref Primitives[index];

    [MethodImpl(Inlining.Small)]
    public readonly ref Speck Speck(int index) => ref Specks[index];

    [MethodImpl(Inlining.Small)]
    public readonly TMask Texels(TMask index)
    {
        // In halves put together in a register: written to memory one after the other they could not be read back as one without waiting.
        if (Avx2.IsSupported && sizeof(TMask) == 64)
        {
            var lanes = Unsafe.BitCast<TMask, Vector512<int>>(index);
            return Unsafe.BitCast<Vector512<int>, TMask>(
                Vector512.Create(Avx2.GatherVector256((int*)Texture, lanes.GetLower(), 4), Avx2.GatherVector256((int*)Texture, lanes.GetUpper(), 4)));
        }

        if (Avx2.IsSupported && sizeof(TMask) == 32)
        {
            return Unsafe.BitCast<Vector256<int>, TMask>(Avx2.GatherVector256((int*)Texture, Unsafe.BitCast<TMask, Vector256<int>>(index), 4));
        }

        for (var i = 0; i < sizeof(TMask) / 4; i++)
        {
            ref var lane = ref Unsafe.Add(ref Unsafe.As<TMask, int>(ref index), i);
            lane = (int)Texture[lane];
        }

        return index;
    }

    [MethodImpl(Inlining.Small)]
    public readonly void Store(in View view, int plane, int x, int y, T tile)
    {
        var place = PlaneValues + ((long)plane * PlaneSize) + Planes.Place(view.Pitch, x, y);
        if (sizeof(T) == sizeof(float))
        {
            *(T*)place = tile;
            return;
        }

        for (var row = 0; row < T.Rows; row++)
        {
            Unsafe.Add(ref Unsafe.As<T, Vector128<float>>(ref tile), row).Store(place + (row * view.Pitch));
        }
    }

    [MethodImpl(Inlining.Small)]
    public readonly T LoadTile(in View view, int plane, int x, int y)
    {
        var place = PlaneValues + ((long)plane * PlaneSize) + Planes.Place(view.Pitch, x, y);
        if (sizeof(T) == sizeof(float))
        {
            return *(T*)place;
        }

        Unsafe.SkipInit(out T tile);
        for (var row = 0; row < T.Rows; row++)
        {
            Unsafe.Add(ref Unsafe.As<T, Vector128<float>>(ref tile), row) = Vector128.Load(place + (row * view.Pitch));
        }

        return tile;
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public readonly T Gather(int plane, TMask place)
    {
        var from = PlaneValues + ((long)plane * PlaneSize);
        Unsafe.SkipInit(out T values);
        for (var lane = 0; lane < sizeof(T) / sizeof(float); lane++)
        {
            Unsafe.Add(ref Unsafe.As<T, float>(ref values), lane) = from[Unsafe.Add(ref Unsafe.As<TMask, int>(ref place), lane)];
        }

        return values;
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public readonly void Scatter(int plane, TMask place, TMask where, T values)
    {
        var to = PlaneValues + ((long)plane * PlaneSize);
        for (var bits = TMask.Bits(where); bits != 0; bits &= bits - 1)
        {
            var lane = System.Numerics.BitOperations.TrailingZeroCount(bits);
            to[Unsafe.Add(ref Unsafe.As<TMask, int>(ref place), lane)] = Unsafe.Add(ref Unsafe.As<T, float>(ref values), lane);
        }
    }

    [MethodImpl(Inlining.Small)]
    public readonly T LoadStrip(in View view, int plane, int x, int y) =>
        Unsafe.ReadUnaligned<T>(PlaneValues + ((long)plane * PlaneSize) + Planes.Place(view.Pitch, x, y));

    /// <summary>Whether a tile lies in the picture and every pixel of it shows this instance.</summary>
    public readonly bool Shows(in View view, int x, int y, int id)
    {
        if (x < 0 || y < 0 || x + T.Columns > view.Width || y + T.Rows > view.Height)
        {
            return false;
        }

        var all = true;
        for (var row = 0; row < T.Rows; row++)
        {
            var place = Ids + ((y + row) * view.Width) + x;
            all &= T.Columns == 4 ? Vector128.EqualsAll(Vector128.Load(place), Vector128.Create(id)) : *place == id;
        }

        return all;
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public readonly void WriteLabels(in View view, int x, int y, in LabelPixels<T, TMask> labels)
    {
        fixed (LabelPixels<T, TMask>* fields = &labels)
        {
            float* depth = (float*)&fields->Depth, normalX = (float*)&fields->NormalX, normalY = (float*)&fields->NormalY, normalZ = (float*)&fields->NormalZ;
            float* u = (float*)&fields->U, v = (float*)&fields->V;
            int* ids = (int*)&fields->Id, parts = (int*)&fields->Part;
            var rows = Math.Min(T.Rows, view.Height - y);
            var columns = Math.Min(T.Columns, view.Width - x);
            for (var row = 0; row < rows; row++)
            {
                var lane = row * T.Columns;
                var pixel = ((y + row) * view.Width) + x;
                if (columns == 4)
                {
                    Vector128.Load(depth + lane).Store(Depth + pixel);
                    Vector128.Load(ids + lane).Store(Ids + pixel);
                    Interleave(Vector128.Load(normalX + lane), Vector128.Load(normalY + lane), Vector128.Load(normalZ + lane), Normals + (3 * pixel));
                }
                else
                {
                    for (var column = 0; column < columns; column++)
                    {
                        Depth[pixel + column] = depth[lane + column];
                        Ids[pixel + column] = ids[lane + column];
                        Normals[3 * (pixel + column)] = normalX[lane + column];
                        Normals[(3 * (pixel + column)) + 1] = normalY[lane + column];
                        Normals[(3 * (pixel + column)) + 2] = normalZ[lane + column];
                    }
                }

                for (var column = 0; column < columns && Parts != null; column++)
                {
                    Parts[pixel + column] = (byte)parts[lane + column];
                }

                for (var column = 0; column < columns && Uv != null; column++)
                {
                    Uv[2 * (pixel + column)] = u[lane + column];
                    Uv[(2 * (pixel + column)) + 1] = v[lane + column];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public readonly void WriteColours(in View view, int x, int y, TMask colours, bool strip)
    {
        var groups = Math.Max(1, sizeof(TMask) / 16);
        for (var group = 0; group < groups; group++)
        {
            var column = strip ? x + (4 * group) : x;
            var row = strip ? y : y + group;
            if (row < view.Height && column < view.Width)
            {
                WriteBytes(Rgb + (3 * ((row * view.Width) + column)), (int*)&colours + (4 * group), Math.Min(view.Width - column, sizeof(TMask) / 4));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | Inlining.Function)]
    public readonly void WriteMaps(in View view, int x, int y, TMask albedo, T red, T green, T blue, TMask shadow)
    {
        var count = Math.Min(sizeof(T) / sizeof(float), view.Width - x);
        var pixel = (y * view.Width) + x;
        for (var lane = 0; lane < count && Albedo != null; lane++)
        {
            WriteBytes(Albedo + (3 * (pixel + lane)), (int*)&albedo + lane, 1);
        }

        for (var lane = 0; lane < count && Irradiance != null; lane++)
        {
            var to = Irradiance + (3 * (pixel + lane));
            (to[0], to[1], to[2]) = (((float*)&red)[lane], ((float*)&green)[lane], ((float*)&blue)[lane]);
        }

        for (var lane = 0; lane < count && Shadow != null; lane++)
        {
            Shadow[pixel + lane] = (byte)((int*)&shadow)[lane];
        }
    }

    /// <summary>Three bytes of each of up to four colours.</summary>
    [MethodImpl(Inlining.Small)]
    private static void WriteBytes(byte* to, int* colours, int count)
    {
        if (count >= 4)
        {
            var bytes = Vector128.Shuffle(Vector128.Load(colours).AsByte(), Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255));
            *(ulong*)to = bytes.AsUInt64().ToScalar();
            *(uint*)(to + 8) = bytes.AsUInt32().GetElement(2);
            return;
        }

        for (var lane = 0; lane < count; lane++)
        {
            var colour = colours[lane];
            (to[3 * lane], to[(3 * lane) + 1], to[(3 * lane) + 2]) = ((byte)colour, (byte)(colour >> 8), (byte)(colour >> 16));
        }
    }

    /// <summary>x0 y0 z0 x1 | y1 z1 x2 y2 | z2 x3 y3 z3.</summary>
    [MethodImpl(Inlining.Small)]
    private static void Interleave(Vector128<float> x, Vector128<float> y, Vector128<float> z, float* to)
    {
        var second = Vector128.Create(0, -1, 0, 0).AsSingle();
        var third = Vector128.Create(0, 0, -1, 0).AsSingle();
        var a = Vector128.ConditionalSelect(second, Vector128.Shuffle(y, Vector128.Create(0, 0, 0, 0)), Vector128.Shuffle(x, Vector128.Create(0, 0, 0, 1)));
        Vector128.ConditionalSelect(third, Vector128.Shuffle(z, Vector128.Create(0, 0, 0, 0)), a).Store(to);
        var b = Vector128.ConditionalSelect(second, Vector128.Shuffle(z, Vector128.Create(1, 1, 1, 1)), Vector128.Shuffle(y, Vector128.Create(1, 1, 1, 2)));
        Vector128.ConditionalSelect(third, Vector128.Shuffle(x, Vector128.Create(2, 2, 2, 2)), b).Store(to + 4);
        var c = Vector128.ConditionalSelect(second, Vector128.Shuffle(x, Vector128.Create(3, 3, 3, 3)), Vector128.Shuffle(z, Vector128.Create(2, 2, 2, 3)));
        Vector128.ConditionalSelect(third, Vector128.Shuffle(y, Vector128.Create(3, 3, 3, 3)), c).Store(to + 8);
    }
}
