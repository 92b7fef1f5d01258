using System.Numerics;
using System.Text;
using System.Text.Json;
using Neuro.Kernels.Labels;

namespace Neuro.Kernels.Formats;

/// <summary>Reads what <see cref="LabelsJson"/> wrote, from a stranger: every member in its order, every number in its range, nothing else.</summary>
/// <remarks>Nothing is kept that is larger than the picture allows, however long the text is. Failures are <see cref="JsonException"/> or <see cref="ArgumentException"/>.</remarks>
internal ref struct LabelsJsonReader(ReadOnlySpan<byte> text)
{
    private const int MaxSku = 256;
    private const int MaxNumber = 1 << 24;
    private const float Anywhere = 1e9f;
    private const float FarAway = 1e5f;
    private const float UnitTolerance = 1e-3f;
    private const int Corners = 8;

    private Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = 8 });
    private string place = "the image";
    private int width;
    private int height;

    public ImageLabels Image()
    {
        Expect(JsonTokenType.StartObject);
        var index = Int("index"u8, 0, int.MaxValue);
        width = Int("width"u8, 1, Codec.MaxEdge);
        height = Int("height"u8, 1, Codec.MaxEdge);
        var camera = Camera();
        var instances = new List<Instance>();
        for (StartArray("instances"u8); Another(instances.Count);)
        {
            instances.Add(Instance());
        }

        var gaps = new List<Gap>();
        for (StartArray("gaps"u8); Another(gaps.Count);)
        {
            gaps.Add(new Gap(Int("row"u8, 0, MaxNumber), Int("facing"u8, 0, MaxNumber), Int("slot"u8, 0, MaxNumber), Int("classId"u8, -1, MaxNumber), Box("bbox"u8)));
            Expect(JsonTokenType.EndObject);
        }

        var tags = new List<PriceTag>();
        for (StartArray("priceTags"u8); Another(tags.Count);)
        {
            tags.Add(new PriceTag(Int("id"u8, 0, MaxNumber), Int("row"u8, 0, MaxNumber), Int("slot"u8, 0, MaxNumber), Int("classId"u8, -1, MaxNumber), Box("bbox"u8)));
            Expect(JsonTokenType.EndObject);
        }

        Expect(JsonTokenType.EndObject);
        return json.Read() ? throw Wrong("something follows its end") : new ImageLabels(index, width, height, camera, instances, gaps, tags);
    }

    private CameraLabel Camera()
    {
        Name("camera"u8);
        Expect(JsonTokenType.StartObject);
        var camera = new CameraLabel(
            Float("fx"u8, 0, Anywhere), Float("fy"u8, 0, Anywhere), Float("cx"u8, -Anywhere, Anywhere), Float("cy"u8, -Anywhere, Anywhere),
            Float("k1"u8, -Anywhere, Anywhere), Float("k2"u8, -Anywhere, Anywhere), Pose());
        Expect(JsonTokenType.EndObject);
        return camera;
    }

    private Instance Instance()
    {
        var id = Int("id"u8, 1, LabelsJson.MaxInstances);
        place = $"instance {id}";
        var classId = Int("classId"u8, 0, MaxNumber);
        var sku = Text("sku"u8, MaxSku);
        var box = Box("bbox"u8);
        var area = Int("area"u8, 1, width * height);
        var mask = Mask("segmentation"u8);
        var amodalBox = Box("amodalBbox"u8);
        var unoccluded = Int("unoccludedArea"u8, area, width * height);
        var amodalMask = Mask("amodalSegmentation"u8);
        var visibility = Float("visibility"u8, 0, 1);
        var one = new Instance
        {
            Id = id,
            ClassId = classId,
            Sku = sku,
            Box = box,
            Area = area,
            Mask = mask,
            AmodalBox = amodalBox,
            UnoccludedArea = unoccluded,
            AmodalMask = amodalMask,
            Truncation = Float("truncation"u8, 0, 1),
            OrientedBox = OrientedBox(),
            Pose = Pose(),
            Size = Size(),
            Corners = Keypoints(),
            FrontAngle = Float("frontAngle"u8, 0, 180),
            Place = Place(),
        };
        place = "the image";
        return one.Visibility == visibility ? one : throw Wrong($"instance {id} says that {visibility} of it is visible; {area} of {unoccluded} pixels are {one.Visibility}");
    }

    /// <summary>The optional last member and the instance's end.</summary>
    private ShelfPlace? Place()
    {
        Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("place"u8))
        {
            throw Wrong("expected 'place' or its end");
        }

        Expect(JsonTokenType.StartObject);
        var found = new ShelfPlace(
            Int("row"u8, 0, MaxNumber), Int("facing"u8, 0, MaxNumber), Int("layer"u8, 0, MaxNumber), Int("slot"u8, 0, MaxNumber), Int("priceTag"u8, -1, MaxNumber));
        Expect(JsonTokenType.EndObject);
        Expect(JsonTokenType.EndObject);
        return found;
    }

    private OrientedBox OrientedBox()
    {
        Span<float> numbers = stackalloc float[5];
        Floats("orientedBox"u8, numbers, -Anywhere, Anywhere);
        return numbers[2] >= 0 && numbers[3] >= 0 && numbers[4] is >= -45 and < 45
            ? new OrientedBox(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
            : throw Wrong($"an oriented box of {numbers[2]} × {numbers[3]} pixels turned by {numbers[4]}°");
    }

    private Pose Pose()
    {
        Span<float> turn = stackalloc float[4];
        Floats("rotation"u8, turn, -1 - UnitTolerance, 1 + UnitTolerance);
        var rotation = new Quaternion(turn[0], turn[1], turn[2], turn[3]);
        if (MathF.Abs(rotation.Length() - 1) > UnitTolerance)
        {
            throw Wrong($"a rotation of length {rotation.Length()}; expected 1");
        }

        Span<float> shift = stackalloc float[3];
        Floats("translation"u8, shift, -FarAway, FarAway);
        return new Pose(rotation, new Vector3(shift));
    }

    private Vector3 Size()
    {
        Span<float> size = stackalloc float[3];
        Floats("size"u8, size, float.Epsilon, FarAway);
        return new Vector3(size);
    }

    private Keypoint[] Keypoints()
    {
        var points = new Keypoint[Corners];
        StartArray("keypoints"u8);
        for (var corner = 0; corner < Corners; corner++)
        {
            Read();
            var x = Float(-float.MaxValue, float.MaxValue);
            Read();
            var y = Float(-float.MaxValue, float.MaxValue);
            Read();
            points[corner] = new Keypoint(x, y, Int(0, 2));
        }

        Expect(JsonTokenType.EndArray);
        return points;
    }

    private BoundingBox Box(ReadOnlySpan<byte> name)
    {
        StartArray(name);
        Span<int> sides = stackalloc int[4];
        for (var side = 0; side < sides.Length; side++)
        {
            Read();
            sides[side] = Int(side < 2 ? 0 : 1, Codec.MaxEdge);
        }

        Expect(JsonTokenType.EndArray);
        return sides[0] + sides[2] <= width && sides[1] + sides[3] <= height
            ? new BoundingBox(sides[0], sides[1], sides[2], sides[3])
            : throw Wrong($"a box [{sides[0]}, {sides[1]}, {sides[2]}, {sides[3]}] that leaves the picture of {width} × {height}");
    }

    private RunLength Mask(ReadOnlySpan<byte> name)
    {
        // A character holds five bits of a run or of its change since the last but one: no mask needs more of them than it has pixels, but for its first runs.
        var text = Text(name, (width * height) + 16);
        try
        {
            return RunLength.FromCompressed(width, height, text);
        }
        catch (ArgumentException damaged)
        {
            throw Wrong(damaged.Message.TrimEnd('.'));
        }
    }

    private string Text(ReadOnlySpan<byte> name, int longest)
    {
        Name(name);
        Expect(JsonTokenType.String);
        return json.ValueSpan.Length <= 6L * longest && json.GetString() is { } text && text.Length <= longest
            ? text
            : throw Wrong($"a text of {json.ValueSpan.Length:N0} bytes as {Encoding.UTF8.GetString(name)}; at most {longest:N0} characters are read");
    }

    private void Floats(ReadOnlySpan<byte> name, scoped Span<float> numbers, float least, float most)
    {
        StartArray(name);
        for (var at = 0; at < numbers.Length; at++)
        {
            Read();
            numbers[at] = Float(least, most);
        }

        Expect(JsonTokenType.EndArray);
    }

    private float Float(ReadOnlySpan<byte> name, float least, float most)
    {
        Name(name);
        Read();
        return Float(least, most);
    }

    private readonly float Float(float least, float most) =>
        json.TokenType == JsonTokenType.Number && json.TryGetSingle(out var number) && float.IsFinite(number) && number >= least && number <= most
            ? number
            : throw Wrong($"{Shown()} where a number from {least} to {most} was expected");

    private int Int(ReadOnlySpan<byte> name, int least, int most)
    {
        Name(name);
        Read();
        return Int(least, most);
    }

    private readonly int Int(int least, int most) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong($"{Shown()} where a whole number from {least} to {most} was expected");

    private void StartArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        Expect(JsonTokenType.StartArray);
    }

    /// <summary>Whether another object of an array begins.</summary>
    private bool Another(int already)
    {
        Read();
        if (json.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        return json.TokenType == JsonTokenType.StartObject && already < LabelsJson.MaxInstances
            ? true
            : throw Wrong(already < LabelsJson.MaxInstances ? $"{Shown()} where an object was expected" : $"more than {LabelsJson.MaxInstances} entries in a list");
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        Read();
        if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals(name))
        {
            throw Wrong($"{Shown()} where '{Encoding.UTF8.GetString(name)}' was expected");
        }
    }

    private void Expect(JsonTokenType token)
    {
        Read();
        if (json.TokenType != token)
        {
            throw Wrong($"{Shown()} where {token} was expected");
        }
    }

    private void Read()
    {
        if (!json.Read())
        {
            throw Wrong("it ends too early");
        }
    }

    private readonly string Shown()
    {
        const int Longest = 40;
        var value = json.ValueSpan.Length == 0 ? json.TokenType.ToString() : Encoding.UTF8.GetString(json.ValueSpan[..Math.Min(Longest, json.ValueSpan.Length)]);
        return $"'{value}'";
    }

    private readonly JsonException Wrong(string what) => new($"{place}, byte {json.TokenStartIndex}: {what}.");
}
