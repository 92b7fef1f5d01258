using Neuro.Learning.Detection;
using Neuro.Learning.Imaging;
using Neuro.Learning.Training;

namespace Neuro.Learning.Dense;

/// <summary>Makes of stored pictures the one that a step sees: another scale and place, or four in one (mosaic, Bochkovskiy et al. 2020), in another light. Never mirrored:
/// packages carry text. A sample is a function of the random numbers given.</summary>
internal sealed class PictureAugmentation(int size)
{
    /// <summary>An object of which less than this share is left in the picture is no longer one.</summary>
    private const double LeastLeft = 0.3;

    private const double LeastSide = 2;

    private readonly float[][] planes = [.. Enumerable.Range(0, 3).Select(_ => new float[size * size])];

    /// <summary>The whole picture, upright: what validation uses.</summary>
    public PictureLabels Plain(LabelledPicture picture, Span<byte> output)
    {
        var canvas = new Canvas(size, output, picture.Labels.Ids is not null);
        canvas.Put(picture, new(0, 0, picture.Side), 0, 0, size, size);
        return canvas.Labels;
    }

    /// <param name="others">What a mosaic's other three are drawn from.</param>
    /// <param name="mosaic">How often it is one.</param>
    public PictureLabels Apply(LabelledPicture picture, IReadOnlyList<LabelledPicture> others, double mosaic, SplitMix random, Span<byte> output)
    {
        var canvas = new Canvas(size, output, picture.Labels.Ids is not null);
        if (random.Chance(mosaic))
        {
            var (x, y) = ((int)(size * random.Uniform(0.3f, 0.7f)), (int)(size * random.Uniform(0.3f, 0.7f)));
            (int Left, int Top, int Right, int Bottom)[] quarters = [(0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)];
            for (var i = 0; i < quarters.Length; i++)
            {
                var (left, top, right, bottom) = quarters[i];
                var one = i == 0 ? picture : others[random.Below(others.Count)];
                var part = Math.Max(right - left, bottom - top) / (double)size;
                canvas.Put(one, View(one, part / random.Uniform(0.7f, 1.3f), ref random), left, top, right, bottom);
            }
        }
        else
        {
            canvas.Put(picture, View(picture, 1 / random.Uniform(0.8f, 1.5f), ref random), 0, 0, size, size);
        }

        Relight(ref random, output);
        return canvas.Labels;
    }

    /// <summary>A square of a share of a picture's side, anywhere in it; around its middle where it is larger.</summary>
    private static Square View(LabelledPicture picture, double share, ref SplitMix random)
    {
        var (side, room) = (picture.Side * share, picture.Side * (1 - share));
        return new(room > 0 ? room * random.Unit() : room / 2, room > 0 ? room * random.Unit() : room / 2, side);
    }

    private void Relight(ref SplitMix random, Span<byte> output)
    {
        for (var i = 0; i < size * size; i++)
        {
            for (var c = 0; c < 3; c++)
            {
                planes[c][i] = output[(3 * i) + c] / 255f;
            }
        }

        ColourJitter.Scene(ref random).Apply(planes, null);
        for (var i = 0; i < size * size; i++)
        {
            for (var c = 0; c < 3; c++)
            {
                output[(3 * i) + c] = (byte)Math.Clamp((planes[c][i] * 255) + 0.5f, 0, 255);
            }
        }
    }

    /// <summary>The picture that is being put together.</summary>
    private readonly ref struct Canvas(int size, Span<byte> output, bool withIds)
    {
        private readonly Span<byte> output = output;
        private readonly ushort[]? ids = withIds ? new ushort[size * size] : null;
        private readonly List<PictureObject> objects = [];

        public PictureLabels Labels => new(size, objects, ids);

        /// <summary>Fills a rectangle with what a square of a picture shows, its upper left corner there, its side the longer of the rectangle's.</summary>
        public void Put(LabelledPicture from, Square view, int left, int top, int right, int bottom)
        {
            var side = Math.Max(right - left, bottom - top);
            var pixels = Resampler.Square(from.Picture, view, side);
            for (var y = top; y < bottom; y++)
            {
                pixels.AsSpan((y - top) * side * 3, (right - left) * 3).CopyTo(output[(((y * size) + left) * 3)..]);
            }

            var (scale, place) = (side / view.Side, new ushort[from.Labels.Objects.Count + 1]);
            foreach (var (i, one) in from.Labels.Objects.Index())
            {
                var whole = new Box(((one.Box.X - view.Left) * scale) + left, ((one.Box.Y - view.Top) * scale) + top, one.Box.Width * scale, one.Box.Height * scale);
                var (l, t, r, b) = (Math.Max(left, whole.X), Math.Max(top, whole.Y), Math.Min(right, whole.X + whole.Width), Math.Min(bottom, whole.Y + whole.Height));
                if (r - l >= LeastSide && b - t >= LeastSide && (r - l) * (b - t) >= LeastLeft * whole.Area)
                {
                    var seen = Box.FromCorners(l, t, r, b);
                    objects.Add(one with { Box = seen, Area = one.Area * scale * scale * seen.Area / whole.Area });
                    place[i + 1] = (ushort)objects.Count;
                }
            }

            for (var y = top; ids is not null && y < bottom; y++)
            {
                for (var x = left; x < right; x++)
                {
                    var (u, v) = ((int)Math.Floor(view.Left + ((x - left + 0.5) / scale)), (int)Math.Floor(view.Top + ((y - top + 0.5) / scale)));
                    ids[(y * size) + x] = u >= 0 && v >= 0 && u < from.Side && v < from.Side ? place[from.Labels.Ids![(v * from.Side) + u]] : (ushort)0;
                }
            }
        }
    }
}
