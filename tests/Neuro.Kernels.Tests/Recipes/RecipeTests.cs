using CsCheck;
using Neuro.Kernels.Recipes;
using Neuro.Kernels.Tests.Scenes;

namespace Neuro.Kernels.Tests.Recipes;

public sealed class RecipeTests
{
    private const string Head = "\"generator\":\"shelf\",\"version\":2,\"catalogue\":\"abc\"";

    [Fact]
    public void Parse_OfToJson_IsIdentity() =>
        RandomRecipes.Any("abc").Sample(recipe =>
        {
            var again = Recipe.Parse(recipe.ToJson());
            return again.Equals(recipe) && again.GetHashCode() == recipe.GetHashCode() && again.Hash == recipe.Hash && again.ToJson() == recipe.ToJson();
        });

    [Fact]
    public void Parse_OfAGeneratorsDefault_IsThatGeneratorsRecipe()
    {
        ShelfRecipe.Parse(ShelfRecipe.Create(TestShop.Catalogue).ToJson()).ShouldBe(ShelfRecipe.Default(TestShop.Catalogue));
        HandheldRecipe.Parse(HandheldRecipe.Create(TestShop.Catalogue).ToJson()).ShouldBe(HandheldRecipe.Default(TestShop.Catalogue));
        TabletopRecipe.Parse(TabletopRecipe.Create(TestShop.Catalogue).ToJson()).ShouldBe(TabletopRecipe.Default(TestShop.Catalogue));
    }

    [Fact]
    public void Parse_GroupGivenInPart_KeepsTheGeneratorsDefaultsOfTheRest()
    {
        var table = TabletopRecipe.Parse("""{"generator":"tabletop","version":2,"catalogue":"abc","camera":{"roll":3}}""");
        table.Camera.ShouldBe(new TabletopRecipe { Catalogue = "abc" }.Camera with { Roll = 3 });
        table.Camera.Pitch.ShouldNotBe(new CameraKnobs().Pitch);
    }

    [Fact]
    public void Parse_RecipeOfAnotherGenerator_NamesBoth() =>
        Should.Throw<RecipeException>(() => ShelfRecipe.Parse(HandheldRecipe.Default(TestShop.Catalogue).ToJson())).Message
            .ShouldBe("recipe: $.generator is \"handheld\"; expected shelf.");

    [Fact]
    public void Hash_OfAnyTwoRecipes_IsEqualWhereTheyAre() =>
        Gen.Select(RandomRecipes.Any("abc", 0.01), RandomRecipes.Any("abc", 0.01)).Sample((one, other) => one.Equals(other) == (one.Hash == other.Hash));

    [Fact]
    public void Hash_OtherGenerator_IsAnother() =>
        new Recipe[] { new ShelfRecipe { Catalogue = "abc" }, new HandheldRecipe { Catalogue = "abc" }, new TabletopRecipe { Catalogue = "abc" } }
            .Select(recipe => recipe.Hash).Distinct().Count().ShouldBe(3);

    [Fact]
    public void Hash_MinusZero_IsThatOfZero()
    {
        var recipe = new ShelfRecipe { Catalogue = "abc" };
        recipe.With("camera.roll", -0.0).Hash.ShouldBe(recipe.With("camera.roll", 0).Hash);
    }

    [Fact]
    public void With_KnobOfAnyGenerator_IsWhatItsPathReads()
    {
        var recipe = HandheldRecipe.Create(TestShop.Catalogue).With("hold.yaw", Distribution.Uniform(-10, 10)).With("width", 320).With("samples", 4);
        recipe.ShouldBe(HandheldRecipe.Create(TestShop.Catalogue) with { Width = 320, Samples = 4, Hold = new HoldKnobs { Yaw = Distribution.Uniform(-10, 10) } });
    }

    [Fact]
    public void With_EveryKnob_ChangesIt()
    {
        foreach (var recipe in Generators.All.Values.Select(type => Generators.New(type) with { Catalogue = "abc" }))
        {
            foreach (var (knob, allowed) in Knobs.Paths(recipe.GetType()).Select(path => (path, Allowed(recipe.GetType(), path))))
            {
                recipe.With(knob, allowed.Least).Hash.ShouldNotBe(recipe.With(knob, allowed.Most).Hash, knob);
                Should.Throw<RecipeException>(() => recipe.With(knob, allowed.Most + 1)).Message.ShouldStartWith($"recipe: $.{knob} is ");
            }
        }
    }

    [Theory]
    [InlineData("camera.distanse", 1, "recipe.unknown_property", "recipe: $.camera.distanse is unknown; expected camera.distance or camera.pitch or camera.side.")]
    [InlineData("camera", 1, "recipe.unknown_property", "recipe: $.camera is a group; expected camera.yaw or camera.roll or camera.side.")]
    [InlineData("maps", 1, "recipe.unknown_property", "recipe: $.maps is unknown; expected rows or samples or width.")]
    [InlineData("camera.distance", 9, "recipe.out_of_range", "recipe: $.camera.distance is 9; expected a number from 0.15 to 6.")]
    [InlineData("camera.distance", double.NaN, "recipe.wrong_type", "recipe: $.camera.distance is \"NaN\"; expected a number from 0.15 to 6, or an object with one of uniform, normal, truncatedNormal, logUniform, choice, curve.")]
    [InlineData("width", 64.5, "recipe.out_of_range", "recipe: $.width is 64.5; expected a whole number from 16 to 4096.")]
    public void With_ImpossibleKnobOrValue_SaysWhatIsPossible(string knob, double value, string code, string message)
    {
        var error = Should.Throw<RecipeException>(() => ShelfRecipe.Create(TestShop.Catalogue).With(knob, value));
        error.Code.ShouldBe(code);
        error.Message.ShouldBe(message);
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
    [InlineData("\"row\":{\"gap\":{\"unifrom\":[0,1]}}", "recipe.unknown_property", "recipe: $.row.gap.unifrom is unknown; expected uniform or logUniform or curve.")]
    [InlineData("\"row\":{\"gap\":\"wide\"}", "recipe.wrong_type", "recipe: $.row.gap is \"wide\"; expected a number from 0 to 0.2, or an object with one of uniform, normal, truncatedNormal, logUniform, choice, curve.")]
    [InlineData("\"row\":{\"gap\":{\"choice\":[]}}", "recipe.wrong_type", "recipe: $.row.gap.choice is []; expected a list of 1 to 64 numbers or distributions, at most 4 lists within each other.")]
    [InlineData("\"row\":{\"gap\":{\"truncatedNormal\":[0,0,0,1]}}", "recipe.out_of_range", "recipe: $.row.gap.truncatedNormal[1] is 0; expected a number from 1E-09 to 0.2.")]
    [InlineData("\"row\":{\"gap\":{\"truncatedNormal\":[0,0.01,0.1,0.2]}}", "recipe.out_of_range", "recipe: $.row.gap.truncatedNormal is [0,0.01,0.1,0.2]; expected least ≤ most, and the range no more than 6 sigma from the mean.")]
    [InlineData("\"row\":{\"gap\":{\"logUniform\":[0,0.1]}}", "recipe.out_of_range", "recipe: $.row.gap.logUniform[0] is 0; expected a number from 1E-09 to 0.2.")]
    [InlineData("\"row\":{\"gap\":{\"choice\":{\"of\":[0,0.1],\"weights\":[1]}}}", "recipe.wrong_type", "recipe: $.row.gap.choice.weights is [1]; expected 2 weights, one for each option.")]
    [InlineData("\"row\":{\"gap\":{\"choice\":{\"of\":[0,0.1],\"weights\":[1,-1]}}}", "recipe.out_of_range", "recipe: $.row.gap.choice.weights[1] is -1; expected a number from 0 to 1000000.")]
    [InlineData("\"row\":{\"gap\":{\"choice\":{\"of\":[0,0.1],\"weights\":[0,0]}}}", "recipe.out_of_range", "recipe: $.row.gap.choice.weights is [0,0]; expected at least one weight above 0.")]
    [InlineData("\"row\":{\"gap\":{\"curve\":[[0,1]]}}", "recipe.wrong_type", "recipe: $.row.gap.curve is [[0,1]]; expected a list of 2 to 64 points [x, density].")]
    [InlineData("\"row\":{\"gap\":{\"curve\":[[0.1,1],[0.1,2]]}}", "recipe.out_of_range", "recipe: $.row.gap.curve[1][0] is 0.1; expected more than 0.1, the x before it.")]
    [InlineData("\"row\":{\"gap\":{\"curve\":[[0,0],[0.1,0]]}}", "recipe.out_of_range", "recipe: $.row.gap.curve is [[0,0],[0.1,0]]; expected at least one density above 0.")]
    [InlineData("\"maps\":[\"depth\"]", "recipe.out_of_range", "recipe: $.maps is [\"depth\"]; expected depth and ids among them.")]
    [InlineData("\"maps\":[\"depth\",\"ids\",\"normal\"]", "recipe.out_of_range", "recipe: $.maps[2] is \"normal\"; expected normals or parts or albedo.")]
    [InlineData("\"maps\":[\"depth\",\"ids\",\"ids\"]", "recipe.out_of_range", "recipe: $.maps[2] is \"ids\"; expected each map once.")]
    [InlineData("\"maps\":\"depth\"", "recipe.wrong_type", "recipe: $.maps is \"depth\"; expected a list of depth, ids, parts, normals, albedo, irradiance, shadow, uv.")]
    [InlineData("\"hold\":{}", "recipe.unknown_property", "recipe: $.hold is unknown; expected photo or row or rows.")]
    [InlineData("\"rows\":1,\"rows\":2", "recipe.malformed", "recipe: $.rows is there twice; expected one value.")]
    public void Parse_ImpossibleValue_SaysPathValueAndRange(string knob, string code, string message)
    {
        var error = Should.Throw<RecipeException>(() => Recipe.Parse($"{{{Head},{knob}}}"));
        error.Code.ShouldBe(code);
        error.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("[1]", "recipe.wrong_type")]
    [InlineData("{\"generator\":", "recipe.malformed")]
    [InlineData("{\"generator\":\"beach\",\"version\":2,\"catalogue\":\"\"}", "recipe.out_of_range")]
    [InlineData("{\"generator\":\"shelf\",\"version\":1,\"catalogue\":\"\"}", "recipe.out_of_range")]
    [InlineData("{\"generator\":\"shelf\",\"version\":2}", "recipe.missing_property")]
    public void Parse_NotARecipe_HasItsCode(string json, string code) =>
        Should.Throw<RecipeException>(() => Recipe.Parse(json)).Code.ShouldBe(code);

    [Fact]
    public void Parse_AnyText_ReadsItOrSaysWhyNot() =>
        Gen.Select(RandomRecipes.Any("abc"), Gen.Int[0, 20_000], Gen.Char).Sample((recipe, at, letter) =>
        {
            var json = recipe.ToJson();
            var spoilt = json.Remove(at % json.Length, 1).Insert(at % json.Length, letter.ToString());
            try
            {
                _ = Recipe.Parse(spoilt).Hash;
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

    private static AllowedAttribute Allowed(Type type, string path)
    {
        var names = path.Split('.', 2);
        var property = Knobs.Properties(type).Single(property => Knobs.Name(property) == names[0]);
        return names.Length == 2 ? Allowed(property.PropertyType, names[1]) : Knobs.Allowed(property)!;
    }
}
