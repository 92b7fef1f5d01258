using Microsoft.Extensions.Time.Testing;
using Neuro.Client.Tokens;
using Neuro.Node.Mining;

namespace Neuro.Node.Tests.Mining;

public sealed class PeriodLogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("neuro-periods-").FullName;
    private readonly FakeTimeProvider time = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Is_ChangesOfStateAndYield_AreLinesOfTheirOwn()
    {
        var log = new PeriodLog(folder, time);
        log.Is("mining", Ntk.Of(2));
        time.Advance(TimeSpan.FromMinutes(3));
        log.Is("mining", Ntk.Of(2));
        log.Is("mining", Ntk.Of(3));
        time.Advance(TimeSpan.FromMinutes(2));
        log.Is("busy", Ntk.Of(3));
        log.Delivered(Ntk.Parse("0.5"));
        time.Advance(TimeSpan.FromMinutes(4));
        log.Close();

        PeriodLog.Read(folder).Select(period => (period.State, period.Seconds, period.Yield, period.Delivered)).ShouldBe(
        [
            ("mining", 180, Ntk.Of(2), Ntk.Zero), ("mining", 120, Ntk.Of(3), Ntk.Zero), ("busy", 240, Ntk.Of(3), Ntk.Parse("0.5")),
        ]);
        PeriodLog.Read(folder).Last().Mined.ShouldBe(Ntk.Parse("0.2"));
    }

    [Fact]
    public void Is_TheSameForLong_IsWrittenEveryFiveMinutes()
    {
        var log = new PeriodLog(folder, time);
        for (var minute = 0; minute < 31; minute++)
        {
            log.Is("mining", null);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        PeriodLog.Read(folder).Sum(period => period.Seconds).ShouldBe(1800); // Killed now, it would lack a minute.
    }

    [Fact]
    public void Close_AfterALineThatWasCutOff_LosesThatLineAlone()
    {
        File.WriteAllText(Path.Combine(folder, "periods.jsonl"), "{\"end\":\"2026-01-01T00:00:00+00:00\",\"seconds\":5,\"state\":\"busy\",\"delivered\":\"0\"}\n{\"end\":\"2026-01-0");
        var log = new PeriodLog(folder, time);
        log.Is("idle", null);
        time.Advance(TimeSpan.FromSeconds(7));
        log.Close();
        PeriodLog.Read(folder).Select(period => period.Seconds).ShouldBe([5, 7]);
    }
}
