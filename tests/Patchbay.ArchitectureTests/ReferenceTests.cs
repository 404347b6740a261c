using System.Reflection;
using Xunit;

namespace Patchbay.ArchitectureTests;

/// <summary>References point one way: server, storage, platform, kernels; and kernels know nobody, but for one that speaks of places and headers.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Kernels = ["Patchbay.Functions", "Patchbay.Importing", "Patchbay.OAuth", "Patchbay.Protocols", "Patchbay.Vault"];

    public static TheoryData<string> KernelNames => [.. Kernels];

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void A_kernel_knows_no_other_room_no_database_and_no_web_framework(string kernel)
    {
        // Whom a function may send requests to, and what it may put on them, is said once: where requests are made.
        string[] allowed = kernel == "Patchbay.Functions" ? ["Patchbay.Protocols"] : [];
        var references = Assembly.Load(kernel).GetReferencedAssemblies().Select(a => a.Name!).Except(allowed, StringComparer.Ordinal).ToList();

        Assert.DoesNotContain(references, r => r.StartsWith("Patchbay", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(references, r => r.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
            || r.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal) || r.StartsWith("Npgsql", StringComparison.Ordinal)
            || r.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(KernelNames))]
    public void A_kernel_does_not_know_the_word_organisation(string kernel)
    {
        var names = Assembly.Load(kernel).GetTypes()
            .SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Select(m => $"{t.FullName}.{m.Name}"));

        Assert.DoesNotContain(names, n => n.Contains("organi", StringComparison.OrdinalIgnoreCase) && n.Contains("sation", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Patchbay.Platform", new[] { "Patchbay.Functions", "Patchbay.Importing", "Patchbay.OAuth", "Patchbay.Protocols", "Patchbay.Vault" })]
    [InlineData("Patchbay.Storage.Sqlite", new[] { "Patchbay.Platform" })]
    [InlineData("Patchbay.Storage.Postgres", new[] { "Patchbay.Platform" })]
    [InlineData("patchbay", new[] { "Patchbay.Functions", "Patchbay.Importing", "Patchbay.Platform", "Patchbay.Protocols", "Patchbay.Storage.Postgres", "Patchbay.Storage.Sqlite", "Patchbay.Vault" })]
    public void A_project_refers_only_to_those_beneath_it(string project, string[] allowed)
    {
        var references = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(r => r.StartsWith("Patchbay", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(references.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void Only_the_room_of_functions_knows_the_script_engine()
    {
        var knowing = Kernels.Append("Patchbay.Platform").Append("patchbay")
            .Where(p => Assembly.Load(p).GetReferencedAssemblies().Any(a => a.Name is "Jint" or "Acornima"));

        Assert.Equal("Patchbay.Functions", string.Join(", ", knowing));
    }

    [Fact]
    public void Only_the_storage_projects_know_a_database_provider()
    {
        var knowing = Kernels.Append("Patchbay.Platform").Append("patchbay")
            .Where(p => Assembly.Load(p).GetReferencedAssemblies().Any(a => a.Name is "Npgsql" or "Microsoft.Data.Sqlite"
                or "Microsoft.EntityFrameworkCore.Sqlite" or "Npgsql.EntityFrameworkCore.PostgreSQL"));

        Assert.Empty(knowing);
    }
}
