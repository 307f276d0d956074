// The four SDKs as a brand's page sets them up. The visit says where the collector is, and in which
// of its modes each SDK sends on this page.
const { collector, pages } = window.visit;
const modes = pages[location.pathname];
const rudderstack = new window.rudderanalytics.RudderAnalytics();
const snowplow = window.snowplowBrowserTracking;
const ecommerce = window.snowplowEcommerceAccelerator;
const sensors = window.sensorsDataAnalytic201505;

sensors.init({
  server_url: `${collector}/sa.gif?project=production`,
  is_track_single_page: false,
  heatmap: { clickmap: "default", scroll_notice_map: "not_collect" },
  ...modes.sensors,
});
sensors.quick("autoTrack");

snowplow.newTracker("sp", collector, {
  appId: "shop",
  // the shop is served without TLS: else the tracker's cookie would not be kept
  cookieSameSite: "Lax",
  cookieSecure: false,
  plugins: [ecommerce.SnowplowEcommercePlugin()],
  ...modes.snowplow,
});
snowplow.trackPageView();

rudderstack.load("key1", collector, { configUrl: collector, ...modes.rudderstack });
rudderstack.page();

posthog.init("phc_1", {
  api_host: collector,
  person_profiles: "identified_only",
  disable_external_dependency_loading: true,
  ...modes.posthog,
});
