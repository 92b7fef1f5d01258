using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Neuro.Kernels.Rendering;

/// <summary>A scene and a frame in the process's own memory, pinned for the length of one picture.</summary>
internal unsafe struct PointerMemory<T, TMask> : IMemory<T, TMask>
    where T : unmanaged, IVector<T, TMask>
    where TMask : unmanaged, IMask<TMask>
{
    public BvhNode* Nodes;
    public Primitive* Primitives;
    public uint* Texture;
    public byte* Rgb;
    public float* Depth, Normals;
    public int* Ids, Unoccluded;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref BvhNode Node(int index) => ref Nodes[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref Primitive Primitive(int index) => ref Primitives[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TMask Texels(TMask index)
    {
        if (Avx2.IsSupported && sizeof(TMask) >= 32)
        {
            for (var i = 0; i < sizeof(TMask) / 32; i++)
            {
                ref var lanes = ref Unsafe.Add(ref Unsafe.As<TMask, Vector256<int>>(ref index), i);
                lanes = Avx2.GatherVector256((int*)Texture, lanes, 4);
            }

            return index;
        }

        for (var i = 0; i < sizeof(TMask) / 4; i++)
        {
            ref var lane = ref Unsafe.Add(ref Unsafe.As<TMask, int>(ref index), i);
            lane = (int)Texture[lane];
        }

        return index;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void CountUnoccluded(int id, TMask hit) => Unoccluded[id] += TMask.Count(hit);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Write(in View view, int x, int y, in Pixels<T, TMask> pixels)
    {
        var columns = Math.Min(T.Columns, view.Width - x);
        var rows = Math.Min(T.Rows, view.Height - y);
        fixed (Pixels<T, TMask>* fields = &pixels)
        {
            var depth = (float*)&fields->Depth;
            float* normalX = (float*)&fields->NormalX, normalY = (float*)&fields->NormalY, normalZ = (float*)&fields->NormalZ;
            int* red = (int*)&fields->Red, green = (int*)&fields->Green, blue = (int*)&fields->Blue;
            var ids = (int*)&fields->Id;
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var lane = (row * T.Columns) + column;
                    var pixel = ((long)(y + row) * view.Width) + x + column;
                    Depth[pixel] = depth[lane];
                    Ids[pixel] = ids[lane];
                    Normals[3 * pixel] = normalX[lane];
                    Normals[(3 * pixel) + 1] = normalY[lane];
                    Normals[(3 * pixel) + 2] = normalZ[lane];
                    Rgb[3 * pixel] = (byte)red[lane];
                    Rgb[(3 * pixel) + 1] = (byte)green[lane];
                    Rgb[(3 * pixel) + 2] = (byte)blue[lane];
                }
            }
        }
    }
}
