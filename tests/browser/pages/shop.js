// What a visitor does in the shop, told by the page to all four SDKs.
const item = { id: "SKU1001", name: "山茶花面霜", price: 199, currency: "CNY" };
const properties = { product_id: item.id, name: item.name, price: item.price };

function on(selector, event, tell) {
  document.querySelector(selector).addEventListener(event, (happened) => {
    if (event === "submit") happened.preventDefault();
    tell(happened.target);
  });
}

if (location.pathname.startsWith("/product/")) {
  sensors.track("ViewProduct", properties);
  ecommerce.trackProductView(item);
  rudderstack.track("Product Viewed", properties);
  posthog.capture("Product Viewed", properties);
}

on("#cart", "click", () => {
  sensors.track("AddCart", properties);
  ecommerce.trackAddToCart({ products: [item], total_value: item.price, currency: "CNY" });
  rudderstack.track("Product Added", properties);
  posthog.capture("Product Added", properties);
});

on("#login", "submit", (form) => {
  const member = form.elements.member.value;
  const phone = form.elements.phone.value;
  sensors.login(member);
  sensors.bind("$identity_mobile", phone);
  snowplow.setUserId(member);
  rudderstack.identify(member, { phone });
  posthog.identify(member, { phone });
});

on("#pay", "click", () => {
  const order = { order_id: "H20001", total: 398, currency: "CNY" };
  sensors.track("PayOrder", { order_id: order.order_id, order_amount: 398, item_count: 2 });
  ecommerce.trackTransaction({
    transaction_id: order.order_id,
    revenue: order.total,
    currency: "CNY",
    payment_method: "wechat_pay",
    products: [{ ...item, quantity: 2 }],
  });
  rudderstack.track("Order Completed", { ...order, products: [{ ...properties, quantity: 2 }] });
  posthog.capture("Order Completed", { order_id: order.order_id, revenue: order.total });
});
