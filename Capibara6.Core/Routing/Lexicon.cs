using System.Collections.Frozen;

namespace Capibara6.Core.Routing;

/// <summary>What a single word tells.</summary>
/// <param name="Domain">The domain it belongs to, if any.</param>
internal readonly record struct WordMark(WordKind Kind, QueryDomain Domain);

[Flags]
internal enum WordKind
{
    None = 0,
    Reasoning = 1,
    Step = 2,
    Simple = 4,
    Hard = 8,
}

/// <summary>The words that the router knows: English, without accents; Spanish ones come translated. Case does not matter.</summary>
internal static class Lexicon
{
    private static readonly FrozenDictionary<string, WordMark> s_words = Build();

    private static readonly FrozenDictionary<string, WordMark>.AlternateLookup<ReadOnlySpan<char>> s_lookup =
        s_words.GetAlternateLookup<ReadOnlySpan<char>>();

    public static WordMark Find(ReadOnlySpan<char> word) => s_lookup.TryGetValue(word, out var mark) ? mark : default;

    private static FrozenDictionary<string, WordMark> Build()
    {
        var words = new Dictionary<string, WordMark>(StringComparer.OrdinalIgnoreCase);
        AddKind(WordKind.Reasoning, """
            why prove proof derive deduce infer explain justify compare contrast analyze analyse evaluate assess argue critique
            reason reasoning implications consequences tradeoff tradeoffs design architect plan diagnose debug refactor optimize
            optimise solve determine calculate compute hypothesis implement disprove reconcile formalize formalise verify
            """);
        AddKind(WordKind.Step, """
            first second third then next afterwards finally step steps each every both respectively initially subsequently
            remaining total altogether twice half per
            """);
        AddKind(WordKind.Simple, """
            what who when where define list name translate spell synonym capital hello hi hey thanks thank summarize summarise tldr
            rephrase correct
            """);
        AddKind(WordKind.Hard, """
            optimal asymptotic complexity concurrent concurrency distributed consensus deadlock race theorem lemma conjecture
            rigorous rigorously formally invariant differential integral eigenvalue topology stochastic bayesian multivariate
            constraints constraint edge-case scalability throughput latency migration architecture jurisdiction precedent
            pathophysiology mechanism thermodynamics quantum equilibrium riemann irrational lock-free wait-free memory-ordering
            linearizable np-hard np-complete undecidable diophantine manifold homology cohomology ergodic convergence converges
            epsilon-delta contradiction induction sharding replication byzantine idempotent zero-knowledge cryptographic
            """);
        AddDomain(QueryDomain.Science, """
            physics chemistry biology molecule atom atoms energy force velocity acceleration enzyme cell cells dna protein reaction acid
            planet star evolution species temperature pressure electron photon wavelength thermodynamics quantum gene
            """);
        AddDomain(QueryDomain.Medicine, """
            patient diagnosis symptom symptoms treatment dose disease syndrome clinical therapy infection blood cancer surgery drug
            pathophysiology
            """);
        AddDomain(QueryDomain.Law, """
            law legal court contract liability plaintiff defendant statute constitution tort negligence jurisdiction precedent
            attorney
            """);
        AddDomain(QueryDomain.Finance, """
            price cost profit revenue invest investment stock bond interest loan mortgage tax inflation budget market accounting
            """);
        AddDomain(QueryDomain.Writing, """
            write essay poem story email letter blog headline tone draft paragraph rewrite slogan
            """);
        AddDomain(QueryDomain.Mathematics, """
            equation integral derivative theorem proof prove lemma conjecture matrix vector polynomial probability algebra geometry calculus
            prime primes logarithm sum product ratio percent percentage fraction triangle circle solve calculate root irrational rational
            riemann integer integers eigenvalue topology diophantine manifold homology cohomology sequence converges
            """);
        AddDomain(QueryDomain.Code, """
            code function class method python javascript typescript java rust golang csharp c++ c# f# sql html css api json regex compile
            compiler bug exception stack trace variable array loop algorithm script program programming git docker kubernetes
            database thread threads thread-safe async await unit-test refactor debug pointer struct interface queue mutex lock-free wait-free
            memory-ordering atomic deadlock concurrency linearizable sharding
            """);
        AddDomain(QueryDomain.Translation, "translate translation");
        return words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        void AddKind(WordKind kind, string list)
        {
            foreach (var word in Split(list))
            {
                var mark = words.GetValueOrDefault(word);
                words[word] = mark with { Kind = mark.Kind | kind };
            }
        }

        void AddDomain(QueryDomain domain, string list)
        {
            foreach (var word in Split(list))
            {
                words[word] = words.GetValueOrDefault(word) with { Domain = domain };
            }
        }
    }

    private static string[] Split(string list) =>
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
