using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neuro.Client.Market;

/// <summary>An amount of compute, in compute units: 1 CU is what the reference benchmark does in one second on the reference node.</summary>
/// <remarks>Counted in thousandths so that prices, which are NTK per CU, multiply exactly. In JSON it is a number of CU.</remarks>
[JsonConverter(typeof(CuJsonConverter))]
public readonly record struct Cu(long Milli) : IComparable<Cu>
{
    /// <summary>As a number of CU.</summary>
    public decimal Units => Milli / 1000m;

    public static Cu operator +(Cu a, Cu b) => new(checked(a.Milli + b.Milli));

    /// <summary>Rounded up to a thousandth, and never less than one: no work is free.</summary>
    public static Cu Of(double units) => new(Math.Max(1, checked((long)Math.Ceiling(units * 1000))));

    public int CompareTo(Cu other) => Milli.CompareTo(other.Milli);

    public override string ToString() => Units.ToString("0.###", CultureInfo.InvariantCulture);
}

internal sealed class CuJsonConverter : JsonConverter<Cu>
{
    public override Cu Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new((long)(reader.GetDecimal() * 1000m));

    public override void Write(Utf8JsonWriter writer, Cu value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Units);
}
