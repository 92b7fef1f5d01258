using System.Text.Json;
using Neuro.Client.Api;
using Neuro.Client.Jobs;

namespace Neuro.Client.Tests.Jobs;

public sealed class JobSpecTests
{
    [Fact]
    public void Json_OfARenderSpec_ReadsBack()
    {
        var spec = new RenderSpec("""{ "generator": "shelf" }""", seed: ulong.MaxValue, count: 3);
        var read = JsonSerializer.Deserialize<JobSpec>(JsonSerializer.Serialize<JobSpec>(spec, NeuroJson.Options), NeuroJson.Options).ShouldBeOfType<RenderSpec>();
        (read.Seed, read.Count, read.Recipe.ToJsonString()).ShouldBe((spec.Seed, spec.Count, spec.Recipe.ToJsonString()));
    }

    [Fact]
    public void Json_KindLast_IsReadAllTheSame() =>
        JsonSerializer.Deserialize<JobSpec>($$"""{ "dataset": "{{Guid.Empty}}", "model": {}, "epochs": 2, "seed": 1, "kind": "train" }""", NeuroJson.Options).ShouldBeOfType<TrainSpec>().Epochs.ShouldBe(2);

    [Theory]
    [InlineData("[1]")]
    [InlineData("{ half")]
    [InlineData("null")]
    public void RenderSpec_OfTextThatIsNoObject_SaysWhatItGot(string recipe)
    {
        var error = Should.Throw<NeuroException>(() => new RenderSpec(recipe, 1, 1));
        error.Code.ShouldBe("job.not_json");
        error.Message.ShouldContain(recipe);
    }
}
