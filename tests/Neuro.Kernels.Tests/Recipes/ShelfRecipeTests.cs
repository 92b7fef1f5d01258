using CsCheck;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Recipes;

public sealed class ShelfRecipeTests
{
    private const string Head = "\"generator\":\"shelf\",\"version\":1,\"catalogue\":\"abc\"";

    [Fact]
    public void Parse_OfToJson_IsIdentity()
    {
        var recipe = TestShop.Recipe(321, 123, 4) with { Rows = 2, Row = new RowKnobs { Yaw = Distribution.Choice(1, Distribution.Normal(0, 3), Distribution.Uniform(-5, 5)) } };
        ShelfRecipe.Parse(recipe.ToJson()).ShouldBe(recipe);
    }

    [Fact]
    public void Hash_OtherOrderAndWhiteSpace_IsTheSame()
    {
        var one = ShelfRecipe.Parse("{" + Head + """, "rows": 2, "camera": {"roll": 5, "distance": {"uniform":[1, 2.0]}}}""");
        var other = ShelfRecipe.Parse("""{"camera":{"distance":{"uniform":[1.0,2]},"roll":5},"rows":2,""" + Head + "}");
        other.Hash.ShouldBe(one.Hash);
        (one with { Rows = 3 }).Hash.ShouldNotBe(one.Hash);
    }

    [Theory]
    [InlineData("\"rows\":-1", "recipe.out_of_range", "recipe: $.rows is -1; expected a whole number from 1 to 8.")]
    [InlineData("\"rows\":2.5", "recipe.out_of_range", "recipe: $.rows is 2.5; expected a whole number from 1 to 8.")]
    [InlineData("\"width\":100000", "recipe.out_of_range", "recipe: $.width is 100000; expected a whole number from 16 to 4096.")]
    [InlineData("\"samples\":3", "recipe.out_of_range", "recipe: $.samples is 3; expected 1 or 4.")]
    [InlineData("\"camera\":{\"pitch\":{\"normal\":[0,-1]}}", "recipe.out_of_range", "recipe: $.camera.pitch.normal[1] is -1; expected a number from 0 to 120.")]
    [InlineData("\"camera\":{\"pitch\":{\"uniform\":[9,1]}}", "recipe.out_of_range", "recipe: $.camera.pitch.uniform is [9,1]; expected the smaller number first.")]
    [InlineData("\"camera\":{\"distanse\":1}", "recipe.unknown_property", "recipe: $.camera.distanse is unknown; expected distance or pitch or side.")]
    [InlineData("\"row\":{\"gap\":{\"unifrom\":[0,1]}}", "recipe.unknown_property", "recipe: $.row.gap.unifrom is unknown; expected uniform or normal or choice.")]
    [InlineData("\"row\":{\"gap\":\"wide\"}", "recipe.wrong_type", "recipe: $.row.gap is \"wide\"; expected a number from 0 to 0.2, or an object with one of uniform, normal, choice.")]
    [InlineData("\"row\":{\"gap\":{\"choice\":[]}}", "recipe.wrong_type", "recipe: $.row.gap.choice is []; expected a list of 1 to 64 numbers or distributions, at most 4 lists within each other.")]
    [InlineData("\"rows\":1,\"rows\":2", "recipe.malformed", "recipe: $.rows is there twice; expected one value.")]
    public void Parse_ImpossibleValue_SaysPathValueAndRange(string knob, string code, string message)
    {
        var error = Should.Throw<RecipeException>(() => ShelfRecipe.Parse($"{{{Head},{knob}}}"));
        error.Code.ShouldBe(code);
        error.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("[1]", "recipe.wrong_type")]
    [InlineData("{\"generator\":", "recipe.malformed")]
    [InlineData("{\"generator\":\"beach\",\"version\":1,\"catalogue\":\"\"}", "recipe.out_of_range")]
    [InlineData("{\"generator\":\"shelf\",\"version\":1}", "recipe.missing_property")]
    public void Parse_NotAShelfRecipe_HasItsCode(string json, string code) =>
        Should.Throw<RecipeException>(() => ShelfRecipe.Parse(json)).Code.ShouldBe(code);

    [Fact]
    public void Parse_AnyText_ReadsItOrSaysWhyNot() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 4000], Gen.Char).Sample((full, at, letter) =>
        {
            var json = full ? TestShop.Recipe().ToJson() : $"{{{Head}}}";
            var spoilt = json.Remove(at % json.Length, 1).Insert(at % json.Length, letter.ToString());
            try
            {
                _ = ShelfRecipe.Parse(spoilt).Hash;
            }
            catch (RecipeException reason)
            {
                reason.Message.ShouldStartWith("recipe: $");
            }
        });

    [Fact]
    public void Validated_NormalBeyondItsRange_DrawsWithinIt()
    {
        var recipe = (TestShop.Recipe() with { Camera = new CameraKnobs { Pitch = Distribution.Normal(0, 100) } }).Validated();
        var random = new Kernels.Scenes.CounterRandom(1, 0, 0);
        Enumerable.Range(0, 500).Select(_ => recipe.Camera.Pitch.Sample(ref random)).ShouldAllBe(pitch => pitch >= -45 && pitch <= 75);
    }
}
