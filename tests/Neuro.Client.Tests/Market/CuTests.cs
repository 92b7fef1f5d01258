using System.Text.Json;
using Neuro.Client.Market;

namespace Neuro.Client.Tests.Market;

public sealed class CuTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.0001, 1)]
    [InlineData(1, 1000)]
    [InlineData(1.0001, 1001)]
    public void Of_AnyWork_RoundsUpAndIsNeverFree(double units, long milli) => Cu.Of(units).Milli.ShouldBe(milli);

    [Fact]
    public void Json_ReadsBack() => JsonSerializer.Deserialize<Cu>(JsonSerializer.Serialize(new Cu(12_345))).ShouldBe(new Cu(12_345));
}
