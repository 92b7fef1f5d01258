using System.Numerics;
using CsCheck;
using Neuro.Kernels.Rendering;
using Neuro.Kernels.Scenes;
using Neuro.Kernels.Scenes.Models;

namespace Neuro.Kernels.Tests.Scenes.Models;

public sealed class HandModelTests
{
    private const float Millimetre = 0.001f;

    private static readonly Gen<(Vector3 Size, ulong Seed)> Held =
        Gen.Select(Gen.Float[0.02f, 0.2f], Gen.Float[0.04f, 0.35f], Gen.Float[0.01f, 0.15f], Gen.ULong).Select((width, height, depth, seed) => (new Vector3(width, height, depth), seed));

    private static readonly Gen<(Vector3 Size, ulong Seed)> Slender =
        Gen.Select(Gen.Float[0.03f, 0.09f], Gen.Float[0.12f, 0.3f], Gen.Float[0.015f, 0.06f], Gen.ULong).Select((width, height, depth, seed) => (new Vector3(width, height, depth), seed));

    [Fact]
    public void Holding_AnyProduct_TouchesItWithoutCuttingIntoIt() => Held.Sample((size, seed) =>
    {
        var nearest = Hold(size, seed).SelectMany(part => part.Points()).Min(point => Distance(size, point));

        nearest.ShouldBeInRange(-3 * Millimetre, 2 * Millimetre);
    }, iter: 400);

    /// <summary>The smooth surfaces that are skin are the palm with the arm, and five digits.</summary>
    [Fact]
    public void Holding_WhatAHandCanSpan_HasItBetweenThumbAndFingers() => Slender.Sample((size, seed) =>
    {
        var touching = Hold(size, seed).Where(part => part.Ink is Ink.Skin).GroupBy(part => part.Solid.Key)
            .Where(surface => surface.SelectMany(part => part.Points()).Any(point => Distance(size, point) < 2 * Millimetre)).ToList();

        touching.Count.ShouldBeGreaterThanOrEqualTo(4);
        var points = touching.SelectMany(surface => surface).SelectMany(part => part.Points()).Where(point => Distance(size, point) < 2 * Millimetre).ToList();
        points.ShouldContain(point => point.Z < -size.Z / 2);
        points.ShouldContain(point => point.X < -size.X / 2 || point.Z > size.Z / 2);
        points.ShouldContain(point => point.X > size.X / 2 || point.Z > size.Z / 2);
    }, iter: 200);

    [Fact]
    public void Holding_AnyProduct_HasFiveDigitsWithNailsAndFewPrimitives() => Held.Sample((size, seed) =>
    {
        var hand = Hold(size, seed);

        hand.Count.ShouldBeLessThanOrEqualTo(45);
        hand.Count(part => part.Ink is Ink.Nail).ShouldBe(5);
        hand.ShouldContain(part => part.Ink == Ink.Sleeve);
        hand.ShouldAllBe(part => part.Ink == Ink.Skin || part.Ink == Ink.Nail || part.Ink == Ink.Sleeve);
        hand.ShouldAllBe(part => part.Solid.Key >= 0 && part.Solid.Key < 64);
        hand.ShouldAllBe(part => part.Solid.Part == 0);
    }, iter: 200);

    [Fact]
    public void Holding_AnyProduct_HasFiniteSolidsWithOrthonormalAxes() => Held.Sample((size, seed) =>
    {
        foreach (var (solid, _) in Hold(size, seed))
        {
            var x = new Vector3(solid.AxisXX, solid.AxisXY, solid.AxisXZ);
            var y = new Vector3(solid.AxisYX, solid.AxisYY, solid.AxisYZ);
            var z = new Vector3(solid.AxisZX, solid.AxisZY, solid.AxisZZ);
            Vector3.Dot(Vector3.Cross(x, y), z).ShouldBe(1, 1e-3f);
            new[] { x.Length(), y.Length(), z.Length() }.ShouldAllBe(length => MathF.Abs(length - 1) < 1e-3f);
            new[] { solid.HalfX, solid.HalfY, solid.HalfZ }.ShouldAllBe(half => half > 0 && half < 0.5f);
            new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ).Length().ShouldBeLessThan(1);
        }
    }, iter: 200);

    /// <summary>A ray at the end of a bone meets skin in front of it: open ends are covered, nothing is seen through.</summary>
    [Fact]
    public void Holding_AnyProduct_ClosesTheEndsOfItsBones() => Gen.Select(Held, Gen.Float[0, 6.28f]).Sample((held, turn) =>
    {
        var hand = Hold(held.Size, held.Seed);
        foreach (var (solid, _) in hand.Where(part => part.Ink is Ink.Skin && part.Solid.Shape == Primitive.Frustum))
        {
            var axis = new Vector3(solid.AxisYX, solid.AxisYY, solid.AxisYZ);
            var outwards = (MathF.Cos(turn) * new Vector3(solid.AxisXX, solid.AxisXY, solid.AxisXZ)) + (MathF.Sin(turn) * new Vector3(solid.AxisZX, solid.AxisZY, solid.AxisZZ));
            foreach (var (end, radius) in new[] { (-1, solid.HalfX), (1, solid.HalfZ) })
            {
                var edge = new Vector3(solid.CentreX, solid.CentreY, solid.CentreZ) + (end * solid.HalfY * axis) + (0.97f * radius * outwards);

                hand.Nearest(edge + (0.5f * end * axis), -0.5f * end * axis).Distance.ShouldBeLessThan(1.001f);
            }
        }
    }, iter: 200);

    [Fact]
    public void Holding_AnyProduct_HasFingersOfTrueSize() => Held.Sample((size, seed) =>
    {
        foreach (var digit in Hold(size, seed).GroupBy(part => part.Solid.Key).Where(surface => surface.Count(part => part.Solid.Shape == Primitive.Frustum) == 3))
        {
            digit.Where(part => part.Solid.Shape == Primitive.Frustum).Sum(part => 2 * part.Solid.HalfY).ShouldBeInRange(0.06f, 0.12f);
            digit.Where(part => part.Solid.Shape == Primitive.Frustum).ShouldAllBe(part => part.Solid.HalfX > 0.006f && part.Solid.HalfX < 0.017f);
        }
    }, iter: 100);

    [Fact]
    public void Holding_ManyTimes_IsLeftAndRightHands()
    {
        var size = new Vector3(0.07f, 0.2f, 0.05f);

        var sides = Enumerable.Range(0, 64).Select(seed => Hold(size, (ulong)seed).First(part => part.Ink is Ink.Sleeve).Solid.CentreX > 0).ToList();

        sides.Count(isRight => isRight).ShouldBeInRange(16, 48);
    }

    [Fact]
    public void Holding_TheSameDraws_GivesTheSameHand() => Held.Sample(
        (size, seed) => Hold(size, seed).SequenceEqual(Hold(size, seed)).ShouldBeTrue(), iter: 50);

    private static IReadOnlyList<ModelPart> Hold(Vector3 size, ulong seed)
    {
        var random = new CounterRandom(seed, 0, 1);
        return HandModel.Holding(size, ref random);
    }

    /// <summary>From a box around the origin, negative inside.</summary>
    private static float Distance(Vector3 size, Vector3 point)
    {
        var beyond = Vector3.Abs(point) - (size / 2);
        return Vector3.Max(beyond, Vector3.Zero).Length() + MathF.Min(MathF.Max(beyond.X, MathF.Max(beyond.Y, beyond.Z)), 0);
    }
}
