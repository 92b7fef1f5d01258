using System.Net;
using Neuro.Client.Api;

namespace Neuro.Backend.Tests.Portal;

public sealed class ContractTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 200, "")]
    [InlineData("5", 200, "")]
    [InlineData("4", 200, "")]
    [InlineData("3", 426, "contract.too_old")]
    [InlineData("0", 426, "contract.too_old")]
    [InlineData("6", 426, "contract.too_new")]
    [InlineData("2147483647", 426, "contract.too_new")]
    [InlineData("2147483648", 400, "contract.bad_version")]
    [InlineData("-5", 400, "contract.bad_version")]
    [InlineData("5.0", 400, "contract.bad_version")]
    [InlineData("five", 400, "contract.bad_version")]
    public async Task Request_OfAVersion_IsServedWhenItIsThePlatformsOrTheOneBefore(string? spoken, int status, string code)
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { ContractVersion = 5 });
        using var http = platform.Http(platform.Platform.FirstUserKey);
        if (spoken is not null)
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation(Contract.Header, spoken).ShouldBeTrue();
        }

        using var reply = await http.GetAsync("v1/account", Cancel);
        ((int)reply.StatusCode, reply.IsSuccessStatusCode ? "" : await AccessTests.CodeAsync(reply)).ShouldBe((status, code));
        reply.Headers.GetValues(Contract.Header).ShouldBe(["5"]);
        if (status == 426)
        {
            (await reply.Content.ReadAsStringAsync(Cancel)).ShouldContain($"version {spoken} of the protocol; this platform serves 5 and 4.");
            reply.Headers.Upgrade.Single().ToString().ShouldBe($"{Contract.Header}/5");
        }
    }

    [Theory]
    [InlineData("v1/platform", HttpStatusCode.OK)]
    [InlineData("health/ready", HttpStatusCode.OK)]
    [InlineData("v1/nowhere", HttpStatusCode.NotFound)]
    [InlineData("v1/account", HttpStatusCode.Unauthorized)]
    public async Task Answer_OfAnyKind_SaysThePlatformsVersion(string address, HttpStatusCode status)
    {
        await using var platform = await TestPlatform.StartAsync();
        using var http = platform.Http();
        using var reply = await http.GetAsync(address, Cancel);
        reply.StatusCode.ShouldBe(status);
        reply.Headers.GetValues(Contract.Header).ShouldBe([$"{Contract.Version}"]);
    }

    [Fact]
    public async Task CustomerAndNode_OfAPlatformTwoVersionsAhead_AreToldToUpdate()
    {
        await using var platform = await TestPlatform.StartAsync(options => options with { ContractVersion = Contract.Version + 2 });
        var customer = await Should.ThrowAsync<NeuroException>(() => platform.CustomerAsync());
        var node = await Should.ThrowAsync<NeuroException>(() => platform.NodeAsync());
        (customer.Code, node.Code).ShouldBe(("contract.too_old", "contract.too_old"));
        customer.Message.ShouldEndWith("Update your program (neuro, Neuro.Client) and send the request again.");
    }
}
