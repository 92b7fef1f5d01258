namespace Neuro.Interactive.Tests.ContractFormatters;

public sealed class PlatformFormattersTests
{
    [Fact]
    public void Status_ShowsAccountNodesAndJobs() => Shown.Matches(Samples.Status);

    [Fact]
    public void Platform_ShowsPricesFeesAndKey() => Shown.Matches(Samples.Platform);
}
