using System.Numerics;
using CsCheck;
using Neuro.Kernels.Rendering;

namespace Neuro.Kernels.Tests.Rendering;

public sealed class BvhTests
{
    private static readonly Gen<Primitive> AnySolid = Gen.Select(Gen.Float[-1, 1], Gen.Float[-1, 1], Gen.Float[-3, -1], Gen.Float[0.01f, 0.2f], Gen.Double[-3, 3], Gen.Bool)
        .Select(p => SolidScene.Solid(p.Item6 ? Primitive.Box : Primitive.Cylinder, p.Item1, p.Item2, p.Item3, p.Item4, p.Item4 * 1.5f, p.Item6 ? p.Item4 * 0.7f : p.Item4, p.Item5));

    [Fact]
    public void Build_AnySolids_HoldsEachOnceInsideItsParents() =>
        AnySolid.Array[1, 40].Sample(solids =>
        {
            var nodes = Bvh.Build(solids, Vector3.Zero);
            nodes.Where(node => node.Primitive >= 0).Select(node => node.Primitive).Order().ShouldBe(Enumerable.Range(0, solids.Length));
            for (var i = 0; i < nodes.Length; i++)
            {
                nodes[i].Skip.ShouldBeInRange(i + 1, nodes.Length);
                for (var child = i + 1; child < nodes[i].Skip; child++)
                {
                    (nodes[child].MinX >= nodes[i].MinX && nodes[child].MaxX <= nodes[i].MaxX
                        && nodes[child].MinY >= nodes[i].MinY && nodes[child].MaxY <= nodes[i].MaxY
                        && nodes[child].MinZ >= nodes[i].MinZ && nodes[child].MaxZ <= nodes[i].MaxZ).ShouldBeTrue();
                }
            }
        });

    [Fact]
    public void Render_ThroughTheTree_SeesWhatTestingEverySolidSees() =>
        AnySolid.Array[1, 12].Sample(
            solids =>
            {
                for (var i = 0; i < solids.Length; i++)
                {
                    solids[i].Id = i + 1;
                }

                var together = SolidScene.Render(solids);
                var alone = solids.Select(solid =>
                {
                    solid.Id = 1;
                    return SolidScene.Render(solid);
                }).ToArray();
                for (var pixel = 0; pixel < together.Ids.Length; pixel++)
                {
                    together.Depth[pixel].ShouldBe(alone.Min(frame => frame.Depth[pixel]));
                }
            },
            iter: 20);
}
